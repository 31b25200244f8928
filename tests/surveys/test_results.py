"""The public results: what is shown in which state, of whom, and what is not."""

import csv
import io
import re
import time

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.models import Consultation, Target
from surveys.wording import decimal
from tests.surveys.coding_cast import code_it, new_code, person
from tests.surveys.quoting_cast import answered, decided, quoted
from tests.surveys.results_cast import answer, closed, count, open_now, release

RESULTS = "/en/results/"
PLACES = ["timis", "caras_severin", "mehedinti", "borski", "branicevski", "podunavski"]
TOPICS = {"nature": 40, "health": 30, "jobs": 12}
BOTH_CLOCKS = r"\d+ \w+ \d{4}, \d\d:\d\d \(Romania\), \d\d:\d\d \(Serbia\)"


@pytest.fixture(autouse=True)
def nothing_kept(db):
    cache.clear()


@pytest.fixture
def citizens(listens):
    open_now(listens)
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


@pytest.fixture
def told(citizens):
    """87 citizens have answered, and what they said is public."""
    answer(citizens, 5, place="timis", C2=["tourism"], C1="both", age="3549")
    for topic, number in TOPICS.items():
        answer(citizens, number, place="timis", C2=[topic], C1="both", age="3549")
    consultation = open_now(citizens.consultation, opinions_while_open=True)
    release(consultation)
    return consultation


def read(client, address=RESULTS, status=200):
    answer_ = client.get(address)
    assert answer_.status_code == status, address
    return re.sub(r"\s+", " ", answer_.content.decode())


def rows(page, anchor):
    """What the rows of a chart's table say: label, then cells."""
    chart = page.split(f'id="{anchor}"')[1].split("</figure>")[0]
    found = re.findall(r'<tr><th scope="row">(.*?)<svg.*?</svg></th>(.*?)</tr>', chart)
    return {label: re.findall(r"<td[^>]*>(.*?)</td>", cells) for label, cells in found}


# States


def test_before_the_opening_it_says_when_it_opens(client, listens):
    now = timezone.now()
    open_now(listens, opens_at=now + timezone.timedelta(days=3))

    page = read(client)

    assert "The consultation opens on" in page
    assert "citizens answered" not in page


def test_without_a_consultation_there_is_nothing_yet(client, db):
    assert "No consultation yet" in read(client)


def test_under_fifty_answers_there_are_only_counters(client, citizens):
    answer(citizens, 49, place="timis")
    count(citizens.consultation)

    page = read(client)

    assert "Charts appear when 50 people have answered." in page
    assert "<dt>citizens answered</dt><dd>49</dd>" in page
    assert "number-map" not in page


def test_while_it_is_open_participation_is_shown_and_no_opinion(client, citizens):
    answer(citizens, 60, place="timis", C2=["health"])
    release(citizens.consultation)

    page = read(client)

    assert "Who has taken part so far" in page
    assert "number-map" in page
    assert "is shown here after the consultation has closed" in page
    assert "Health care" not in page


def test_with_the_switch_opinions_are_shown_while_it_is_open(client, told):
    page = read(client)

    assert re.search(rf"Interim results · updated {BOTH_CLOCKS}<", page)
    assert "What people have told us so far" in page
    assert "Nature, biodiversity and less pollution" in page


def test_the_heading_says_the_finding_only_where_what_is_hidden_cannot_change_it(client, told):
    finding = "Citizens most often chose: Nature, biodiversity and less pollution"
    assert finding not in read(client)

    release(told, under=0)

    assert finding in read(client)


def test_after_the_closing_answers_are_being_read_until_they_are_published(client, told):
    closed(told)

    page = read(client)

    assert "The consultation is closed: these numbers of answers are final." in page
    assert "It is shown here once it is published." in page
    assert "Health care" not in page
    closed(told, opinions_published_at=timezone.now())
    assert "Final results ·" in read(client)


def test_a_question_that_stood_still_says_of_when_its_figures_are(client, told):
    assert "figures of" not in read(client)

    release(told, held_back={"citizens": ["C3"]})

    assert re.search(rf"Citizens: figures of {BOTH_CLOCKS}\.", read(client))


# What charts say


def test_bars_are_the_shares_of_those_who_answered_the_most_frequent_first(client, told):
    found = rows(read(client), "citizens-C2")

    assert list(found.items())[:3] == [
        ("Nature, biodiversity and less pollution", ["46%"]),
        ("Health care and long-term care", ["34%"]),
        ("Jobs, small firms and entrepreneurship", ["14%"]),
    ]
    assert 'width="45.98%"' in read(client)


def test_what_is_not_shown_is_said_in_words_and_has_no_bar(client, told):
    found = rows(read(client), "citizens-C2")

    assert found["Sustainable tourism"] == ["not shown"]
    assert "fewer than 10" not in str(found)


def test_audiences_stand_side_by_side_where_questions_share_their_codes(
    client, citizens, stakeholders
):
    answer(citizens, 30, place="timis", C1="both")
    answer(citizens, 30, place="timis", C1="clear_opp")
    answer(stakeholders, 15, place="timis", S1="both", S2=["health", "jobs"])
    consultation = open_now(citizens.consultation, opinions_while_open=True)
    release(consultation)

    found = rows(read(client), "citizens-C1")

    assert found["Both in equal measure"] == ["50%", "100%"]
    assert found["Clearly an opportunity"] == ["50%", "0%"]


def test_a_ranking_tells_points_and_first_choices(client, citizens, stakeholders):
    answer(citizens, 50, place="timis")
    answer(stakeholders, 20, place="timis", S6=["small", "p2p"])
    answer(stakeholders, 10, place="timis", S6=["p2p"])
    release(open_now(citizens.consultation, opinions_while_open=True), under=0)

    found = rows(read(client), "stakeholders-S6")

    # Three ranks: 20 × 2 + 10 × 3 points against 20 × 3.
    assert list(found.values())[:2] == [["70", "33%"], ["60", "67%"]]


@pytest.fixture
def rated(citizens, stakeholders):
    """A matrix that some had no opinion on."""
    answer(citizens, 50, place="timis")
    answer(stakeholders, 30, place="timis", S3={"info": "4"})
    answer(stakeholders, 10, place="timis", S3={"info": "1"})
    answer(stakeholders, 10, place="timis", S3={"info": "na"})
    release(open_now(citizens.consultation, opinions_while_open=True), under=0)


def test_a_matrix_leaves_no_opinion_out_and_says_so(client, rated):
    page = read(client)

    assert "Very poor / Poor: 25% · Good / Very good: 75%" in page
    assert "Left out of the shares: “No experience” (0–10)" in page


@pytest.mark.parametrize(
    ("language", "said", "foreign"),
    [
        ("ro", "Nu intră în ponderi: „Fără experiență” (0–10)", "“"),
        ("sr", "Није урачунато у уделе: „Без искуства“ (0–10)", "”"),
    ],
)
def test_answers_are_quoted_as_each_language_quotes(client, rated, language, said, foreign):
    page = read(client, f"/{language}/results/")

    assert said in page
    assert foreign not in page


def test_every_sentence_under_a_chart_begins_with_a_capital_in_serbian(client, told):
    page = read(client, "/sr/results/")

    assert "највише 3 одговора. Одговорило: 87, прескочило питање: 0." in page


def test_the_map_tells_answers_per_resident_where_populations_are_known(client, citizens):
    for place in PLACES:
        answer(citizens, 20, place=place)
    answer(citizens, 3, place="juznobanatski")
    count(citizens.consultation)
    assert "Number and colour: answers received." in read(client)
    for place in [*PLACES, "severnobanatski", "srednjobanatski", "juznobanatski"]:
        Target.objects.create(
            questionnaire=citizens,
            dimension="place",
            code=place,
            population=40_000,
            source="Made up",
        )

    page = read(client)

    assert "Colour: answers per 10,000 residents." in page
    assert "Hatched tile: not shown" in page
    table = page.split("Show the map as a table")[1].split("</table>")[0]
    assert (
        '<th scope="row">Timiș County</th><td class="number">20</td><td class="number">5.0</td>'
        in table
    )
    # Three people are not told, nor the place whose number would tell them.
    assert '<td class="number">3</td>' not in table
    assert "Residents: Made up" in page


def test_themes_of_open_answers_have_numbers_from_ten_on(client, told):
    citizens = told.questionnaires.get(slug="citizens")
    elena = person("elena")
    frame = citizens.coding_frames.create(question="C5")
    health, roads = new_code(frame, "Hospitals", elena), new_code(frame, "Roads", elena)
    for response in answer(citizens, 12, C5="Un spital", place="timis"):
        code_it(frame, response, elena, health, *([roads] if response.pk.int % 2 else []))

    page = read(client)

    found = page.split('id="themes-citizens-C5"')[1].split("</figure>")[0]
    assert "Most often about: Hospitals" in found
    assert re.findall(r"<td[^>]*>(.*?)</td>", found)[:2] == ["12", "100%"]
    assert re.findall(r"<td[^>]*>(.*?)</td>", found)[2:] in ([], ["not shown", "not shown"])


def test_quotations_stand_in_their_own_language_with_a_translation(client, told):
    response = answered(told)
    decided(response)
    quoted(told, response, en="The nearest hospital is across the Danube.")

    page = read(client)

    assert '<blockquote> <p lang="ro">Cel mai apropiat spital' in page
    assert "Citizen, Mehedinți · working translation: The nearest hospital" in page


# Filters


def test_a_filter_shows_the_answers_of_one_group(client, told):
    citizens = told.questionnaires.get(slug="citizens")
    answer(citizens, 20, place="borski", C2=["jobs"])
    release(told)

    serbia = read(client, f"{RESULTS}?country=rs")

    assert rows(serbia, "citizens-C2")["Jobs, small firms and entrepreneurship"] == ["100%"]
    assert "show the answers of: <strong>Serbia</strong>" in serbia
    assert 'href="?country=rs" aria-current="true"' in serbia


def test_a_group_of_fewer_than_ten_gets_a_sentence_instead_of_charts(client, told):
    citizens = told.questionnaires.get(slug="citizens")
    answer(citizens, 9, place="borski", C2=["jobs"])
    release(told)

    page = read(client, f"{RESULTS}?place=borski")

    assert "Fewer than 10 answers, not shown." in page
    assert rows(page, "citizens-C2") == {}


def test_of_two_filters_one_is_used_and_the_page_says_so(client, told):
    page = read(client, f"{RESULTS}?country=ro&age=3549&of=newsletter")

    assert "One filter at a time" in page


@pytest.mark.parametrize(
    "query",
    [
        *("country=xx", "country=", "place=nowhere", "age=%27;--", "language=de", "channel=fax"),
        *("place=timis%0a", "country=" + "x" * 3000),
    ],
)
def test_a_group_that_there_is_not_is_not_found(client, told, query):
    assert client.get(f"{RESULTS}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["", "x=1", "C2=nature", "%00x=1&", "a[]=1", "kiosk=1"])
def test_what_is_no_filter_is_not_looked_at(client, told, query):
    assert client.get(f"{RESULTS}?{query}").status_code in (200, 400 if "%00" in query else 200)


# One question


def test_a_question_is_told_in_all_languages_with_its_base(client, told):
    page = read(client, "/en/results/citizens/C2/")

    for tag in ("en", "ro", "sr-Latn", "sr-Cyrl"):
        assert f'<dd lang="{tag}">' in page
    assert "<dt>Were asked</dt><dd>87</dd>" in page
    assert "<dt>Base of the shares</dt><dd>87</dd>" in page
    assert "Choose up to three" in page


def test_a_question_is_crossed_with_one_dimension(client, told):
    citizens = told.questionnaires.get(slug="citizens")
    answer(citizens, 20, place="borski", C2=["jobs"])
    answer(citizens, 4, place="branicevski", C2=["jobs"])
    release(told)

    page = read(client, "/en/results/citizens/C2/?by=place")

    block = page.split("Jobs, small firms and entrepreneurship</th>")[-1].split("</tbody>")[0]
    assert re.findall(r'<th scope="row">(.*?)<svg', block) == ["Timiș County", "Bor District"]
    assert re.findall(r"<td[^>]*>(.*?)</td>", block) == ["14%", "100%"]
    assert "Not shown: Braničevo District." in page


@pytest.mark.parametrize(
    "path",
    [
        *(
            "citizens/C9/",
            "nobody/C2/",
            "citizens/C9.csv",
            "citizens/C2/?by=x",
            "citizens/C2.csv?by=x",
        ),
        *("citizens/place/?by=place", "comments/?question=citizens/C9", "comments/?place=x"),
        *("comments/?before=x", "comments/?theme=-1", "comments/?before=99999999999999999999999"),
        "comments/?language=de",
    ],
)
def test_what_there_is_not_is_not_found(client, told, path):
    assert client.get(f"{RESULTS}{path}").status_code == 404


def test_before_anything_is_public_a_question_has_its_words_and_no_figures(client, citizens):
    answer(citizens, 60, place="timis", C2=["health"])
    release(citizens.consultation)

    page = read(client, "/en/results/citizens/C2/")

    assert "How it was asked" in page
    assert "key-figures" not in page
    assert client.get("/en/results/citizens/C2.csv").status_code == 404


# Figures as a file


def figures(client, path):
    answer_ = client.get(f"{RESULTS}{path}")
    assert answer_["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer_.content.decode("utf-8-sig"))))


def test_the_figures_of_the_file_are_those_of_the_page(client, told):
    page = rows(read(client), "citizens-C2")

    found = {row["answer_label"]: row for row in figures(client, "citizens/C2.csv")}

    assert found.keys() == page.keys()
    for label, (cell,) in page.items():
        share = found[label]["share"]
        assert cell == (f"{round(100 * float(share))}%" if share else "not shown")
    nature = found["Nature, biodiversity and less pollution"]
    assert (nature["n"], nature["base"], nature["answered"], nature["skipped"]) == (
        *("40", "87", "87", "0"),
    )


def test_a_file_by_a_dimension_has_every_group_that_stands(client, told):
    found = figures(client, "citizens/C1.csv?by=country")

    groups = {(row["dimension"], row["group"], row["group_label"]) for row in found}
    assert groups == {("", "", "All answers"), ("country", "ro", "Romania")}


# Who may keep it, and what it costs


@pytest.mark.parametrize(
    "path", ["", "citizens/C2/", "citizens/C2.csv", "comments/", "stakeholders/S3/?by=country"]
)
def test_caches_may_keep_it_for_half_a_minute_and_it_sets_no_cookie(client, told, path):
    answer_ = client.get(f"{RESULTS}{path}")

    assert answer_["Cache-Control"] == "max-age=30, public"
    assert not answer_.cookies
    assert "Cookie" not in answer_.get("Vary", "")
    again = client.get(f"{RESULTS}{path}", headers={"If-None-Match": answer_["ETag"]})
    assert again.status_code == 304


def test_it_is_the_same_page_for_whoever_is_signed_in(client, told):
    stranger = client.get(RESULTS).content
    client.force_login(person("elena"))

    assert client.get(RESULTS).content == stranger


def test_nothing_is_sent_to_it(client, told):
    assert client.post(RESULTS).status_code == 405


# Drawn once for all who ask


@pytest.fixture
def kept(settings):
    """As the site keeps pages, in memory, from when a test begins."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "a test"}
    settings.CACHES = settings.CACHES | {"pages": memory}
    caches["pages"].clear()


@pytest.mark.parametrize(
    "path", ["", "?country=ro", "citizens/C2/", "citizens/C2.csv", "comments/"]
)
def test_it_is_drawn_once_for_all_who_ask(client, told, kept, path, django_assert_num_queries):
    drawn = client.get(f"{RESULTS}{path}")

    with django_assert_num_queries(0):
        again = Client().get(f"{RESULTS}{path}")
    assert again.content == drawn.content
    assert again["Content-Type"] == drawn["Content-Type"]
    assert again["ETag"] == drawn["ETag"]


def test_a_link_of_another_site_leads_to_what_is_kept(
    client, told, kept, django_assert_num_queries
):
    drawn = client.get(f"{RESULTS}?country=ro")

    with django_assert_num_queries(0):
        again = client.get(f"{RESULTS}?fbclid=IwAR1&country=ro&utm_source=newsletter")
    assert again.content == drawn.content


def test_what_is_kept_tells_how_old_it_is_so_that_nobody_keeps_it_longer(
    client, told, kept, monkeypatch
):
    client.get(RESULTS)
    later = time.time() + 12
    monkeypatch.setattr("django.middleware.cache.time.time", lambda: later)

    again = client.get(RESULTS)

    assert again["Cache-Control"] == "max-age=30, public"
    assert int(again["Age"]) in (12, 13)


def test_what_is_kept_is_kept_apart_by_language_and_filter(client, told, kept):
    addresses = [RESULTS, "/sr/results/", "/sr-latn/results/", "/ro/results/"]
    addresses += [f"{RESULTS}?country=ro", f"{RESULTS}?country=rs", f"{RESULTS}comments/"]
    drawn = [Client().get(address).content for address in addresses]

    assert [Client().get(address).content for address in addresses] == drawn
    assert len(set(drawn)) == len(addresses)


def test_who_is_signed_in_sees_at_once_what_changed(client, told, kept):
    stranger = client.get(RESULTS).content
    Consultation.objects.update(short_title={"en": "Another name"})
    staff = Client()
    staff.force_login(person("elena"))

    assert b"Another name" in staff.get(RESULTS).content
    # And what was drawn for staff alone is nobody else's.
    assert client.get(RESULTS).content == stranger


def test_a_page_that_is_not_there_is_not_kept(client, told, kept):
    assert client.get(f"{RESULTS}citizens/C9/").status_code == 404
    assert not caches["pages"]._cache


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        read(client, address)
    return [query["sql"] for query in found]


@pytest.mark.parametrize(
    "path", ["", "?country=ro", "citizens/C2/", "citizens/C2/?by=place", "stakeholders/S2/"]
)
def test_it_reads_no_response_and_asks_as_often_however_many_there_are(client, told, path):
    read(client)
    first = queries(client, f"{RESULTS}{path}")
    citizens = told.questionnaires.get(slug="citizens")
    answer(citizens, 90, place="borski", C2=["jobs"], C1="clear_opp", age="u18")
    release(told)
    second = queries(client, f"{RESULTS}{path}")

    assert [each for each in second if "surveys_response" in each] == []
    assert len(second) == len(first)


# Comments


@pytest.fixture
def spoken(told):
    """A published answer with a hidden name, one that is not published, one for totals only."""
    first, second, third = answered(told), answered(told), answered(told, publication="totals")
    words = first.answers["C5"]
    start = words.index("Ion Popa")
    decided(first, "hide", [(start, start + 8)])
    decided(second, "count")
    decided(third)
    return told


def test_only_what_is_published_of_a_comment_is_shown(client, spoken):
    page = read(client, "/en/results/comments/")

    assert page.count('class="verbatim"') == 1
    assert "Ion Popa" not in page
    # In the language of the words around it.
    assert "[cuvinte eliminate] nu poate merge" in page
    assert 'lang="ro">Cel mai apropiat' in page
    assert "Citizen, Mehedinți County" in page


def test_a_translation_would_tell_hidden_words_and_is_left_out(client, told):
    plain, hidden = answered(told, "Un pod nou."), answered(told, "Eu, Ion, vreau un pod.")
    decided(plain)
    decided(hidden, "hide", [(4, 7)])
    for response, text in ((plain, "A new bridge."), (hidden, "I, Ion, want a bridge.")):
        response.working_translations.create(
            question="C5", language="en", text=text, made_at=timezone.now()
        )

    page = read(client, "/en/results/comments/")

    assert "A new bridge." in page
    assert "Ion" not in page
    assert "A new bridge." not in read(client, "/ro/results/comments/")


def test_without_comments_it_says_that_each_is_read_first(client, told):
    page = read(client, "/en/results/comments/")

    assert "No comment has been published yet. We read each one first." in page


def test_comments_are_not_shown_before_opinions_are_public(client, spoken):
    open_now(spoken, opinions_while_open=False)

    page = read(client, "/en/results/comments/")

    assert "verbatim" not in page
    assert "after the consultation has closed" in page


def test_a_withdrawn_answer_is_gone(client, spoken):
    spoken.questionnaires.get(slug="citizens").responses.update(state="withdrawn", answers={})

    assert "verbatim" not in read(client, "/en/results/comments/")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        *(("question=citizens/C5", 1), ("question=stakeholders/S10", 0), ("place=mehedinti", 1)),
        *(("place=borski", 0), ("language=ro", 1), ("language=sr", 0), ("theme=1", 0)),
    ],
)
def test_comments_are_filtered(client, spoken, query, number):
    page = read(client, f"/en/results/comments/?{query}")

    assert page.count('class="verbatim"') == number
    assert ("No published comment is like that." in page) == (number == 0)


def test_comments_are_filtered_by_theme(client, spoken):
    elena = person("elena")
    frame = spoken.questionnaires.get(slug="citizens").coding_frames.create(question="C5")
    health, roads = new_code(frame, "Hospitals", elena), new_code(frame, "Roads", elena)
    for response in spoken.questionnaires.get(slug="citizens").responses.filter(
        answers__has_key="C5"
    ):
        code_it(frame, response, elena, health)

    with_theme = read(client, f"/en/results/comments/?theme={health.pk}")
    without = read(client, f"/en/results/comments/?theme={roads.pk}")

    assert (with_theme.count('"verbatim"'), without.count('"verbatim"')) == (1, 0)


def test_words_that_were_changed_are_of_no_theme_until_they_are_coded_anew(client, told):
    elena = person("elena")
    frame = told.questionnaires.get(slug="citizens").coding_frames.create(question="C5")
    health = new_code(frame, "Hospitals", elena)
    response = answered(told, "Un spital nou.")
    code_it(frame, response, elena, health)
    response.answers["C5"] = "Un pod nou."
    response.save()
    decided(response)

    page = read(client, f"/en/results/comments/?theme={health.pk}")

    assert "Un pod nou." in read(client, "/en/results/comments/")
    assert "Un pod nou." not in page


def test_comments_come_twenty_at_a_time_the_latest_first(client, told):
    for number in range(45):
        decided(answered(told, f"Comentariul {number}."))

    page, seen, address = "", [], "/en/results/comments/"
    for _n in range(3):
        page = read(client, address)
        seen += re.findall(r"Comentariul (\d+)\.", page)
        older = re.search(r'rel="next" href="(.*?)"', page)
        address = f"/en/results/comments/{older[1]}" if older else ""

    assert seen == [str(number) for number in reversed(range(45))]
    assert not address
    assert "Back to the latest" in page


def test_a_page_looks_through_so_many_and_offers_the_next(client, told, monkeypatch):
    monkeypatch.setattr("surveys.results.comments.SCANNED", 5)
    decided(answered(told, "Caut asta.", language="en"))
    for number in range(7):
        decided(answered(told, f"Altceva {number}."))

    page = read(client, "/en/results/comments/?language=en")
    older = re.search(r'rel="next" href="(.*?)"', page)[1]

    assert "None of the comments looked through so far" in page
    assert "Caut asta." in read(client, f"/en/results/comments/{older.replace('&amp;', '&')}")


def test_reading_comments_asks_as_often_however_many_there_are(client, told):
    decided(answered(told, "Primul."))
    read(client, "/en/results/comments/")
    first = queries(client, "/en/results/comments/")
    for number in range(15):
        decided(answered(told, f"Comentariul {number}."))

    assert len(queries(client, "/en/results/comments/")) == len(first)


# The way there


def test_other_pages_lead_to_the_results(client, told):
    assert 'href="/en/results/"' in read(client, "/en/").split("<main")[0]
    closed(told)
    assert "See the results" in read(client, "/en/")
    assert Consultation.objects.current().stage() == "closed"


def test_a_decimal_is_rounded_and_not_cut_off():
    assert [decimal(value) for value in (2.96, 2.94, 3.0, 0, None)] == [
        "3.0",
        "2.9",
        "3.0",
        "0.0",
        "not shown",
    ]
