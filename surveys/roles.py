"""What staff may do, as Django groups."""

from django.contrib.auth.models import Group, Permission

SECRETARIAT = "Joint Secretariat"
MAY_SEE = (
    *("auditentry", "campaign", "code", "codingframe", "condition", "consultation", "country"),
    *("decision", "invitation", "item", "meeting", "member", "message", "option"),
    *("organisation", "organisationlist", "passage", "place", "programme", "question"),
    *("questionnaire", "response", "section", "target", "transcript", "version"),
)
MAY_CHANGE = (
    *("campaign", "code", "codingframe", "condition", "consultation", "country", "invitation"),
    *("item", "meeting", "member", "message", "option", "organisation", "organisationlist"),
    *("passage", "place", "programme", "question", "questionnaire", "section", "target"),
    *("transcript", "version"),
)
# An organisation with a response, and an address that asked not to be written to, stay all the
# same: their admin pages refuse. What is published is frozen by the database.
MAY_DELETE = (
    *("condition", "invitation", "item", "meeting", "member", "option", "organisation"),
    *("organisationlist", "question", "section", "target", "version"),
)
MAY_DO = (
    *("code_responses", "export_response", "publish_version", "review_response"),
    *("see_identity", "see_words"),
)


def secretariat() -> Group:
    """The Joint Secretariat's group with its permissions, made or brought up to date."""
    group, _created = Group.objects.get_or_create(name=SECRETARIAT)
    codenames = [f"view_{model}" for model in MAY_SEE]
    codenames += [f"{verb}_{model}" for model in MAY_CHANGE for verb in ("add", "change")]
    codenames += [*(f"delete_{model}" for model in MAY_DELETE), *MAY_DO]
    group.permissions.set(
        Permission.objects.filter(content_type__app_label="surveys", codename__in=codenames)
    )
    return group
