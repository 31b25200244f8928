"""The open data: who is in them, what they cannot tell, and that they stay as they were made."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from random import Random

import polars
import pytest
from csvw import CSVW
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from surveys.fabrication import fabricate
from surveys.models import (
    Decision,
    OpenDataFile,
    OpenDataVersion,
    Organisation,
    Response,
    User,
)
from surveys.open_data.dcat import dcat
from surveys.open_data.making import open_data_due
from surveys.open_data.protecting import WITHHELD, K, adds_too_few, grouping
from surveys.releasing.reading import current, released_tables
from surveys.releasing.releasing import release
from surveys.tabulation.counted import COUNTRY, EVERYBODY
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.surveys.coding_cast import person
from tests.surveys.results_cast import answer, closed, open_now
from tests.surveys.results_cast import release as quick_release

PAGE = "/en/open-data/"
ROWS, WORDS = "rows-stakeholders.csv", "words-stakeholders.csv"


@pytest.fixture(autouse=True)
def nothing_was_looked_at(db):
    cache.clear()


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


def elena():
    return User.objects.filter(username="elena").first() or person("elena")


def organisations_answer(questionnaire, number, publication="anonymous", **answers):
    """As many listed organisations, with one response each."""
    now = timezone.now()
    asked = Organisation.objects.count()
    made = Organisation.objects.bulk_create(
        Organisation(name=f"Secret name {asked + n}", standing=Organisation.Standing.LISTED)
        for n in range(number)
    )
    return Response.objects.bulk_create(
        Response(
            questionnaire=questionnaire,
            version=questionnaire.current_version(),
            organisation=each,
            state="sent",
            language="ro",
            publication=publication,
            answers=answers,
            started_at=now,
            sent_at=now,
        )
        for each in made
    )


def publish(consultation, note="", *, due=True):
    """Release and make the open data of it; the latest version."""
    consultation = closed(consultation)
    release(consultation, by=elena(), note=Text(en=note), moment=timezone.now())
    assert open_data_due() is due
    return OpenDataVersion.objects.first()


def content(version, name):
    return bytes(version.files.get(name=name).content)


def table(version, name=ROWS):
    read = csv.DictReader(io.StringIO(content(version, name).decode("utf-8-sig")))
    return list(read)


def decide(response, question, verdict="publish", **columns):
    Decision.objects.filter(response=response, question=question).update(is_current=False)
    return Decision.objects.create(
        response=response,
        question=question,
        verdict=verdict,
        digest=digest_of(response.answers[question]),
        decided_by=elena(),
        decided_at=timezone.now(),
        **columns,
    )


# Who is in it


def test_who_answers_for_the_totals_alone_is_no_row(listens, stakeholders):
    organisations_answer(stakeholders, 30, "totals", place="timis", S1="rather_dis")
    organisations_answer(stakeholders, 20, "anonymous", place="timis", S1="both")
    organisations_answer(stakeholders, 20, "named", place="timis", S1="both")

    found = table(publish(listens))

    assert len(found) == 40
    assert {row["S1"] for row in found} == {"both"}


def test_what_is_a_draft_withdrawn_or_unconfirmed_is_no_row(listens, stakeholders):
    organisations_answer(stakeholders, 30, place="timis", S1="both")
    waiting = organisations_answer(stakeholders, 20, place="timis", S1="clear_dis")
    ids = [each.organisation_id for each in waiting]
    Organisation.objects.filter(pk__in=ids).update(standing=Organisation.Standing.WAITING)
    gone = organisations_answer(stakeholders, 20)
    Response.objects.filter(pk__in=[each.pk for each in gone]).update(state="withdrawn")

    found = table(publish(listens))

    assert [row["S1"] for row in found] == ["both"] * 20


def test_citizens_are_no_rows_as_the_privacy_notice_promises(listens, citizens):
    answer(citizens, 50, place="timis", C1="both")

    version = publish(listens)

    assert not version.files.filter(name="rows-citizens.csv").exists()
    assert b"Citizens: none." in content(version, "README.txt")


def test_with_another_notice_citizens_are_rows_of_closed_answers(listens, citizens, settings):
    settings.OPEN_DATA_CITIZENS_ROWS = True
    answer(citizens, 50, place="timis", age="65p", C1="both", C1_comment="Mine", C5="Mine")

    found = table(publish(listens), "rows-citizens.csv")

    assert len(found) == 40
    assert {(row["country"], row["C1"]) for row in found} == {("ro", "both")}
    assert not {"age", "place", "crossing", "C5", "C1_comment"} & found[0].keys()


def test_only_published_words_are_in_it_and_hidden_ones_are_not(listens, stakeholders):
    answers = {"place": "timis", "S1_comment": "Ask Ana Pop"}
    shown, hidden, unread, left_out = organisations_answer(stakeholders, 4, **answers)
    (totals,) = organisations_answer(stakeholders, 1, "totals", **answers)
    decide(shown, "S1_comment")
    decide(hidden, "S1_comment", "hide", hidden=[[4, 11]])
    decide(left_out, "S1_comment", "count", reason="A name")
    decide(totals, "S1_comment")

    found = table(publish(listens), WORDS)

    assert sorted(row["words"] for row in found) == ["Ask Ana Pop", "Ask [cuvinte eliminate]"]
    assert {(row["question"], row["language"]) for row in found} == {("S1_comment", "ro")}


def test_nothing_identifies_whoever_answered(listens, stakeholders):
    organisations_answer(
        stakeholders, 40, "named", place="timis", org_type="ngo", S1="both", S1_comment="Unread"
    )

    version = publish(listens)

    everything = b"".join(bytes(each.content) for each in version.files.all())
    assert b"Secret name" not in everything
    assert b"Unread" not in everything
    for response in Response.objects.all():
        assert response.reference.encode() not in everything
        assert str(response.pk).encode() not in everything
    columns = set(table(version)[0])
    assert not columns & {"reference", "organisation", "place", "org_type", "language", "sent_at"}


def test_rows_are_in_no_order_of_sending(listens, stakeholders):
    for code in ("clear_opp", "both", "clear_dis"):
        organisations_answer(stakeholders, 30, place="timis", S1=code)

    found = [row["S1"] for row in table(publish(listens))]

    assert len(found) == 80
    assert sum(a != b for a, b in zip(found, found[1:], strict=False)) > 10


# What it cannot tell


@pytest.fixture
def made_up(listens, stakeholders, settings):
    """A version with rows of both questionnaires, of many people who answered all sorts."""
    settings.OPEN_DATA_CITIZENS_ROWS = True
    for each, number in zip(listens.questionnaires.all(), (200, 150), strict=True):
        for _batch in fabricate(each, number, Random(7)):
            pass
    Response.objects.filter(questionnaire=stakeholders, publication="").update(
        publication="anonymous"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE surveys_response, surveys_organisation, surveys_decision")
    # Without what protects hidden numbers from others, which takes longer than all the rest.
    quick_release(closed(listens, opinions_published_at=timezone.now()))
    assert open_data_due() is True
    return OpenDataVersion.objects.get()


def test_every_combination_of_what_tells_of_senders_has_ten_rows(made_up):
    quasi = {"country", "place", "age", "org_type", "language", "channel", "crossing", "week"}
    for slug in ("citizens", "stakeholders"):
        frame = polars.read_csv(content(made_up, f"rows-{slug}.csv"), infer_schema_length=0)

        kept = [name for name in frame.columns if name in quasi]

        assert kept == ["country"]
        assert frame.height > 50
        assert frame.group_by(kept).len()["len"].min() >= K


def test_no_hidden_released_number_can_be_counted_from_rows(made_up):
    checked = shown = 0
    for stored in released_tables(made_up.release).filter(dimension__in=[EVERYBODY, COUNTRY]):
        rows = table(made_up, f"rows-{stored.questionnaire.slug}.csv")
        for group, counted in stored.table.groups.items():
            here = [r for r in rows if stored.dimension == EVERYBODY or r["country"] == group]
            for key, number in counted.cells.items():
                seen = said(stored.question, key, here)
                if number is None:
                    assert seen == 0, (stored, group, key)
                    checked += 1
                else:
                    assert seen <= number
                    shown += seen
    assert checked > 20
    assert shown > 100


def said(question, key, rows):
    """How many rows gave this answer, counted as a reader would."""
    first, _slash, second = key.partition("/")
    values = [(row.get(question), row.get(f"{question}_{first}")) for row in rows]
    if not second:
        return sum(one == first or many == "1" for one, many in values)
    return sum(many == second for _one, many in values)


def test_where_a_number_is_hidden_no_answer_is_withheld_too(listens, stakeholders):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    organisations_answer(stakeholders, 3, place="timis", S1="clear_dis")
    organisations_answer(stakeholders, 30, place="timis")

    found = {row["S1"] for row in table(publish(listens))}

    assert "clear_dis" not in found
    assert "" not in found
    assert WITHHELD in found


def test_a_country_with_few_stands_with_others_or_is_left_out(listens, stakeholders):
    organisations_answer(stakeholders, 60, place="timis", S1="both")
    organisations_answer(stakeholders, 12, place="borski", S1="both")

    found = table(publish(listens))

    assert {row["country"] for row in found} == {"ro"}


numbers = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


@given(numbers, st.data())
def test_ten_rows_stand_together_and_ten_responses_are_no_rows(counted, data):
    allowed = {code: data.draw(st.integers(0, n)) for code, n in counted.items()}
    told = data.draw(st.sets(st.sampled_from("abcdef")))

    found = grouping(counted, allowed, told)

    for group, kept in found.keep.items():
        members = [code for code in counted if found.groups[code] == group]
        assert K <= kept <= sum(allowed[code] for code in members)
        assert sum(counted[code] for code in members) - kept >= K
        assert group == WITHHELD or group in told


def test_few_new_rows_wait_and_many_do_not():
    before = [("ro", "a")] * 20

    assert adds_too_few(before, [*before, *[("ro", "b")] * 9])
    assert not adds_too_few(before, [*before, *[("ro", "b")] * 10])
    assert not adds_too_few(before, before[1:])
    assert not adds_too_few(before, before)


# The figures


def test_figures_are_what_was_released(made_up):
    for slug in ("citizens", "stakeholders"):
        frame = polars.read_csv(content(made_up, f"figures-{slug}.csv"), infer_schema_length=0)
        found = {
            (row["question"], row["dimension"], row["group"], row["code"]): row
            for row in frame.filter(polars.col("measure") == "answer").to_dicts()
        }
        number = 0
        for stored in released_tables(made_up.release).filter(questionnaire__slug=slug):
            for group, counted in stored.table.groups.items():
                where = (
                    stored.dimension or "all",
                    group or ("no-answer", "all")[not stored.dimension],
                )
                for key, n in counted.cells.items():
                    row = found[(stored.question, *where, key)]
                    assert row["n"] == (None if n is None else str(n))
                    assert row["status"] == ("not shown" if n is None else "shown")
                    assert row["base"] == (
                        None if counted.answered is None else str(counted.answered)
                    )
                    number += 1
        assert number == len(found) > 100


# The files


@pytest.mark.parametrize(("language", "written"), [("en", "17,388"), ("ro", "17.388")])
def test_numbers_of_rows_are_grouped_as_the_language_does(language, written):
    files = [OpenDataFile(name="rows.csv", rows=17_388, size=1, sha256="0")]
    shown = {"files": files, "version": OpenDataVersion(number=1)}

    with override(language):
        page = render_to_string("surveys/open_data/files.html", shown)

    assert f'<td class="number">{written}</td>' in page


def test_checksums_sizes_and_rows_are_those_of_the_files(made_up):
    sums = dict(
        reversed(line.split("  ")) for line in content(made_up, "SHA256SUMS").decode().splitlines()
    )
    for file in made_up.files.all():
        held = bytes(file.content)
        digest = hashlib.sha256(held).hexdigest()
        assert (file.size, file.sha256) == (len(held), digest)
        assert file.name == "SHA256SUMS" or sums[file.name] == digest
        if file.name.endswith(".csv"):
            assert file.rows == len(table(made_up, file.name))


def test_every_csv_is_as_its_metadata_say(made_up, tmp_path):
    for file in made_up.files.all():
        (tmp_path / file.name).write_bytes(bytes(file.content))

    names = [file.name for file in made_up.files.all() if file.name.endswith(".csv")]

    assert len(names) == 6
    for name in names:
        # An empty table is nothing its library reads.
        if made_up.files.get(name=name).rows:
            assert CSVW(str(tmp_path / name), validate=True).is_valid, name


def test_catalogues_are_told_the_days_on_the_clock_of_the_site(made_up):
    made_up.consultation.opens_at = datetime(2026, 11, 8, 22, tzinfo=UTC)
    made_up.consultation.closes_at = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)
    made_up.made_at = datetime(2027, 3, 31, 21, 30, tzinfo=UTC)

    found = json.loads(dcat(made_up, []))

    period = found["dct:temporal"]
    assert period["dcat:startDate"]["@value"] == "2026-11-09"
    assert period["dcat:endDate"]["@value"] == "2027-03-01"
    assert found["dct:issued"]["@value"] == "2027-04-01"


def test_catalogues_are_told_what_it_is(made_up):
    found = json.loads(content(made_up, "dcat.jsonld"))

    assert found["dct:license"] == {"@id": "http://creativecommons.org/licenses/by/4.0/"}
    assert found["dcat:version"] == "1"
    assert {"@id": "http://data.europa.eu/nuts/code/RO424"} in found["dct:spatial"]
    assert len(found["dct:spatial"]) == 9
    assert [each["@language"] for each in found["dct:title"]] == ["en", "ro", "sr-Latn", "sr-Cyrl"]
    told = {
        each["dct:title"]: each["spdx:checksum"]["spdx:checksumValue"]["@value"]
        for each in found["dcat:distribution"]
    }
    assert told[ROWS] == made_up.files.get(name=ROWS).sha256
    assert all(
        each["dcat:downloadURL"]["@id"].endswith(f"/en/open-data/1/{each['dct:title']}")
        for each in found["dcat:distribution"]
    )


def test_what_was_made_cannot_be_changed(made_up):
    for objects in (OpenDataFile.objects, OpenDataVersion.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        OpenDataFile.objects.update(sha256="")


# Versions


def test_it_is_made_once_for_each_release(listens, stakeholders, client):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    first = publish(listens, "The first numbers")
    assert open_data_due() is False
    organisations_answer(stakeholders, 40, place="timis", S1="clear_opp")

    second = publish(listens, "Forms on paper were added")

    assert (first.number, second.number) == (1, 2)
    assert second.release == current(listens)
    text = content(second, "CHANGELOG.txt").decode()
    assert text.index("Forms on paper were added") < text.index("The first numbers")
    page = client.get(PAGE).content.decode()
    assert "Forms on paper were added" in page
    assert "The first numbers" in page
    assert client.get(f"{PAGE}1/figures-stakeholders.csv").status_code == 200
    assert client.get(f"{PAGE}1/{ROWS}").status_code == 404
    assert client.get(f"{PAGE}2/{ROWS}").status_code == 200


def test_few_new_rows_leave_the_file_as_it_was(listens, stakeholders):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    organisations_answer(stakeholders, 20, "totals", place="timis", S1="both")
    first = publish(listens)
    organisations_answer(stakeholders, 5, place="timis", S1="both")
    organisations_answer(stakeholders, 20, "totals", place="timis", S1="both")

    second = publish(listens)

    assert second.number == 2
    assert content(second, ROWS) == content(first, ROWS)


def test_what_is_withdrawn_makes_a_version_without_it(listens, stakeholders):
    responses = organisations_answer(stakeholders, 40, place="timis", S1_comment="Mine alone")
    decide(responses[0], "S1_comment")
    assert b"Mine alone" in content(publish(listens), WORDS)

    response = responses[0]
    response.state, response.answers = "withdrawn", {}
    response.save()

    assert open_data_due() is True
    second = OpenDataVersion.objects.first()
    assert second.number == 2
    assert b"Mine alone" not in content(second, WORDS)
    assert "taken back" in content(second, "CHANGELOG.txt").decode()
    cache.clear()
    assert open_data_due() is False


def test_words_that_are_published_no_longer_go(listens, stakeholders):
    responses = organisations_answer(stakeholders, 40, place="timis", S1_comment="Mine alone")
    decide(responses[0], "S1_comment")
    publish(listens)

    decide(responses[0], "S1_comment", "count", reason="A name after all")

    assert open_data_due() is True
    assert b"Mine alone" not in content(OpenDataVersion.objects.first(), WORDS)


# The page


def test_there_is_none_before_opinions_are_published(listens, client, stakeholders):
    organisations_answer(stakeholders, 40, place="timis", S1="both")

    assert open_data_due() is False
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "There is no open data yet" in page.content.decode()


def test_nobody_gets_it_while_opinions_are_not_public(listens, client, stakeholders):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    publish(listens)
    address = f"{PAGE}1/{ROWS}"
    assert client.get(address).status_code == 200

    open_now(listens, closes_at=timezone.now() + timedelta(days=9))

    assert client.get(address).status_code == 404
    assert "There is no open data yet" in client.get(PAGE).content.decode()


def test_a_download_is_the_same_for_everybody_and_may_be_kept(listens, client, stakeholders):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    version = publish(listens)

    found = client.get(f"{PAGE}1/{ROWS}")

    assert found.content == content(version, ROWS)
    assert found["ETag"] == f'"{version.files.get(name=ROWS).sha256}"'
    assert "max-age=60" in found["Cache-Control"]
    assert found["Content-Disposition"] == f'attachment; filename="{ROWS}"'
    assert not found.cookies
    again = client.get(f"{PAGE}1/{ROWS}", headers={"If-None-Match": found["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("rest", ["1/nothing.csv", "9/README.txt", "1/..%2fREADME.txt"])
def test_a_file_that_there_is_not_is_not_found(listens, client, stakeholders, rest):
    organisations_answer(stakeholders, 40, place="timis", S1="both")
    publish(listens)

    assert client.get(f"{PAGE}{rest}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_page_lists_every_file_and_leads_to_the_description(
    listens, client, stakeholders, language
):
    organisations_answer(stakeholders, 60, place="timis", S1="both")
    version = publish(listens)

    page = client.get(f"/{language}/open-data/").content.decode()

    for file in version.files.all():
        assert f'href="/{language}/open-data/1/{file.name}"' in page
        assert file.sha256 in page
    assert 'rel="describedby" type="application/ld+json"' in page
    assert "creativecommons.org/licenses/by/4.0/" in page
    results = client.get(f"/{language}/results/").content.decode()
    assert f'href="/{language}/open-data/"' in results


def test_a_consultation_that_there_is_not_has_none(db, client):
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}1/README.txt").status_code == 404
    assert reverse("open_data")
