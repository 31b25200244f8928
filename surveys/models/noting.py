"""Triggers that note what tallies have to be brought up to date with. See `surveys/tallying/`."""

import pgtrigger

IS_COUNTED = "{row}.state = 'sent' AND NOT {row}.is_rehearsal"
"""SQL of what `ResponseQuerySet.sent()` asks of a response itself."""
STANDS = "standing NOT IN ('waiting', 'refused')"
"""The same of its organisation."""
COUNTED_BY = (
    *("state", "is_rehearsal", "questionnaire_id", "version_id", "organisation_id"),
    *("language", "channel", "answers", "sent_at"),
)
"""The columns of a response that decide what it counts for."""
AS_COUNTED = "questionnaire_id, version_id, language, channel, answers, sent_at"

NOTE_A_RESPONSE = f"""
    -- Locked, so that confirming the organisation at this very moment waits or is waited for:
    -- whichever comes second sees the other.
    IF TG_OP <> 'INSERT' THEN
        SELECT {STANDS} INTO stands FROM surveys_organisation
        WHERE id = OLD.organisation_id FOR SHARE;
        was := {IS_COUNTED.format(row="OLD")} AND coalesce(stands, true);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM FROM surveys_organisation WHERE id = NEW.organisation_id FOR SHARE;
        is_sent := {IS_COUNTED.format(row="NEW")};
    END IF;
    IF was THEN
        INSERT INTO surveys_untallied (response_id, was_counted, {AS_COUNTED})
        VALUES (OLD.id, true, OLD.questionnaire_id, OLD.version_id, OLD.language, OLD.channel,
                OLD.answers, OLD.sent_at);
    ELSIF is_sent THEN
        INSERT INTO surveys_untallied (response_id, was_counted, questionnaire_id)
        VALUES (NEW.id, false, NEW.questionnaire_id);
    END IF;
    RETURN NULL;
"""  # noqa: S608 - of constants
NOTE_AN_ORGANISATION = f"""
    was := OLD.{STANDS};
    INSERT INTO surveys_untallied (response_id, was_counted, {AS_COUNTED})
    SELECT id, was, questionnaire_id,
           CASE WHEN was THEN version_id END, CASE WHEN was THEN language END,
           CASE WHEN was THEN channel END, CASE WHEN was THEN answers END,
           CASE WHEN was THEN sent_at END
    FROM surveys_response response
    WHERE organisation_id = NEW.id AND {IS_COUNTED.format(row="response")}
    ORDER BY id;
    RETURN NULL;
"""  # noqa: S608 - of constants


CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in COUNTED_BY)
# Saving a draft leaves no note.
IS_NEWS = pgtrigger.Condition(f"((OLD.state = 'sent' OR NEW.state = 'sent') AND ({CHANGED}))")


def note_responses() -> list[pgtrigger.Trigger]:
    """Triggers of Response: whatever changes what it counts for leaves a note."""
    sent, was_sent = pgtrigger.Q(new__state="sent"), pgtrigger.Q(old__state="sent")
    return [
        _after("note_what_is_sent", pgtrigger.Insert, sent),
        _after("note_what_is_changed", pgtrigger.Update, IS_NEWS),
        _after("note_what_is_erased", pgtrigger.Delete, was_sent),
    ]


def _after(
    name: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition
) -> pgtrigger.Trigger:
    false = "boolean DEFAULT false"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        condition=condition,
        declare=[("was", false), ("is_sent", false), ("stands", "boolean")],
        func=NOTE_A_RESPONSE,
    )


def note_organisations() -> list[pgtrigger.Trigger]:
    """Triggers of Organisation: confirming one lets its responses count."""
    return [
        pgtrigger.Trigger(
            name="note_responses_of_who_is_confirmed",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange("standing"),
            declare=[("was", "boolean")],
            func=NOTE_AN_ORGANISATION,
        )
    ]
