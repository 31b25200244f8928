"""Lists of organisations: read from any spreadsheet, checked in words, loaded once."""

import io
import zipfile
from datetime import timedelta
from xml.sax.saxutils import escape

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.lifecycle import draft_of
from surveys.models import Invitation, Member, Organisation, OrganisationList, Response, User
from surveys.organisation_lists import (
    Asked,
    Outcome,
    Problem,
    Unreadable,
    check,
    csv_text,
    forget_lists,
    header_row,
    load,
    read,
)

TWO = """name,emails,language,org_type,place,role
Asociația Dunărea Verde,office@dunarea.example,ro,ngo,mehedinti,lead|partner
Школа Бор,"skola@bor.example; direktor@bor.example",sr,Школа или центар за обуку,Borski okrug,
"""


def xlsx(rows, above=0, before=0):
    """The least that is an XLSX file; `above` rows and `before` columns of it are empty."""
    cells = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + before + column)}{number}" t="inlineStr">'
            f"<is><t>{escape(cell)}</t></is></c>"
            for column, cell in enumerate(row)
            if cell
        )
        + "</row>"
        for number, row in enumerate(rows, above + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        file.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        )
    return packed.getvalue()


@pytest.fixture
def asked(listens):
    return Asked.now()


def checked(text, asked, default_language=""):
    return check(read(text.encode()), asked, default_language)


def load_text(text, asked, default_language=""):
    *_before, outcome = load(checked(text, asked, default_language).entries)
    return outcome


def problems(text, asked, default_language="en"):
    found = checked(text, asked, default_language).problems
    return [(problem.row, problem.column, problem.what, problem.cell) for problem in found]


# Reading

ROWS = [
    ["name", "emails"],
    ["Orașul Deva; primărie", "a@b.example"],
    [],
    ["Žagubica", "c@d.example"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_whatever_excel_made_of_it(encoding, delimiter):
    # The code page of Windows has the Romanian letters with a cedilla alone.
    rows = [[cell.replace("ș", "ş") for cell in row] for row in ROWS]

    assert read(csv_text(rows, delimiter).encode(encoding)) == rows


def test_a_line_that_names_the_delimiter_is_no_row():
    assert read(b"sep=;\r\nname;emails\r\n") == [["name", "emails"]]


def test_an_xlsx_file_is_read_with_the_row_numbers_of_the_spreadsheet():
    assert read(xlsx(ROWS, above=2, before=1)) == [
        [],
        [],
        *([""] + row if row else [] for row in ROWS),
    ]


def test_spaces_that_nobody_sees_are_taken_away():
    assert read("na\u200bme\n\u00a0Timis\u0327oara \u00a0 Vest\ufeff".encode()) == [
        ["name"],
        ["Timişoara Vest"],
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n;;\r\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is neither a CSV nor an XLSX file. Save the list"),
        (b"PK\x03\x04 and no more", "The file is broken or protected by a password."),
        (b'name\n"Bor', "The file cannot be read from row 2 on: a quotation mark is misplaced."),
        (b"a" * (8 * 1024 * 1024 + 1), "The file is larger than 8 MB."),
        (b"a\n" * 20_002, "The file has more than 20,000 rows. Split it."),
        (b"a," * 201, "The file has more than 200 columns."),
        (xlsx([["a"]], above=1_048_575), "The file has more than 20,000 rows. Split it."),
    ],
    ids=[
        *("nothing", "blanks", "picture", "half an archive", "open quotation"),
        *("too big", "too long", "too wide", "one cell far below"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(content, words):
    with pytest.raises(Unreadable) as refused:
        read(content)

    assert str(refused.value).startswith(words)


def test_an_archive_that_is_no_spreadsheet_is_told_in_words():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("letter.txt", "hello")

    with pytest.raises(Unreadable, match="neither a CSV nor an XLSX"):
        read(packed.getvalue())


WORDS = st.text(max_size=30)


@settings(deadline=None)
@given(st.lists(st.lists(WORDS, max_size=5), max_size=8), st.sampled_from(",;\t"))
def test_what_was_read_and_written_back_gives_the_same_rows(rows, delimiter):
    try:
        once = read(csv_text([["heading", *map(str, range(4))], *rows], delimiter).encode())
    except (Unreadable, UnicodeEncodeError):
        return

    assert read(csv_text(once).encode()) == once
    assert read(csv_text(once, ";").encode("utf-16")) == once


@settings(
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-16"))))
@example(b"PK\x03\x04")
@example(xlsx([["name", "emails"], ["\u0130stanbul", "a@b.example"]])[:-30])
@example(b"name,emails,language\n=1+1,x@y.zz,\nA,,en\n,b@c.dd,xx")
def test_any_bytes_are_checked_or_refused_in_words(asked, content):
    try:
        rows = read(content)
    except Unreadable:
        return

    found = check(rows, asked, "en")

    assert found.errors or len(rows) - 1 >= len(found.entries) + found.rows_with_problems
    *_before, outcome = [Outcome(), *load(found.entries)]
    assert outcome.rows == len(found.entries)
    Organisation.objects.all().delete()


# Checking


def test_a_row_says_what_a_respondent_would_have_answered(asked):
    entries = checked(TWO, asked).entries

    assert [(e.row, e.name, e.emails, e.language, e.profile) for e in entries] == [
        (
            2,
            "Asociația Dunărea Verde",
            ["office@dunarea.example"],
            "ro",
            {"org_type": "ngo", "place": "mehedinti", "role": ["lead", "partner"]},
        ),
        (
            3,
            "Школа Бор",
            ["skola@bor.example", "direktor@bor.example"],
            "sr",
            {"org_type": "school", "place": "borski"},
        ),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        "NAME,E-mail,Lang,Type of organisation,Where the organisation is based,Role in Interreg",
        "Denumire,E-mailuri,Limba,Tipul organizației,Sediul organizației,Rolul în Interreg",
        "Назив,имејл,језик,Врста организације,Седиште организације,Улога у програмима Interreg",
        "naziv,e-pošta,jezik,vrsta organizacije,sediste organizacije,uloga u programima interreg",
    ],
)
def test_headings_are_known_in_every_language(asked, headings):
    text = TWO.replace(TWO.splitlines()[0], headings)

    assert checked(text, asked) == checked(TWO, asked)


@pytest.mark.parametrize(
    "cell", ["timis", "Timiș County", "județul timiș", "Округ Тимиш", "okrug timis", "TIMIȘ"]
)
def test_an_option_is_known_by_its_code_and_by_what_it_is_called(asked, cell):
    (entry,) = checked(f"name,emails,place\nA,a@b.example,{cell}", asked, "en").entries

    assert entry.profile == {"place": "timis"}


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        *(("RO", "ro"), ("sr_Latn", "sr-latn"), ("Srpski", "sr-latn"), ("Српски", "sr")),
        *(("sr-Cyrl", "sr"), ("Romanian", "ro"), ("Română", "ro"), ("", "en")),
    ],
)
def test_a_language_is_known_by_its_code_and_its_name(asked, cell, language):
    (entry,) = checked(f"name,emails,language\nA,a@b.example,{cell}", asked, "en").entries

    assert entry.language == language


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",a@b.example,en,,", ("name", "The name is missing", "")),
        (
            f"{'x' * 201},a@b.example,en,,",
            ("name", "The name has 201 characters; it may have 200", "x" * 201),
        ),
        ("???,a@b.example,en,,", ("name", "This is no name", "???")),
        ("A,,en,,", ("emails", "The e-mail address is missing", "")),
        (
            "A,a@b.example c.example,en,,",
            ("emails", "“c.example” is no e-mail address", "a@b.example c.example"),
        ),
        (
            "A,a@b.example,xx,,",
            ("language", "Unknown language. Known are en, ro, sr-latn, sr", "xx"),
        ),
        ("A,a@b.example,en,mars,", ("place", "“mars” is none of the options", "mars")),
        (
            "A,a@b.example,en,,lead|boss;x",
            ("role", "“boss”, “x” is none of the options", "lead|boss;x"),
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_place(asked, row, told):
    text = f"name,emails,language,place,role\n\nGood,good@b.example,en,,\n{row}\n"

    assert problems(text, asked) == [(4, *told)]
    assert [entry.name for entry in checked(text, asked).entries] == ["Good"]


def test_unknown_answers_are_quoted_as_the_language_does(asked):
    text = "name,emails,language,role\nA,a@b.example,en,boss;x"

    with override("ro"):
        assert problems(text, asked) == [
            (2, "role", "„boss”, „x” nu se află printre opțiuni", "boss;x")
        ]


def test_a_row_without_a_language_is_a_problem_where_none_was_chosen(asked):
    assert problems("name,emails,language\nA,a@b.example,", asked, "") == [
        (2, "language", "The language is missing", "")
    ]


def test_the_same_organisation_and_the_same_address_are_told_at_their_second_row(asked):
    text = (
        "name,emails,place\nШкола,a@b.example,mars\nSkola,c@d.example,borski\n"
        "škola,e@f.example,Borski okrug\nskola,f@g.example,timis\nOther,C@D.EXAMPLE x@y.example,\n"
    )

    assert problems(text, asked) == [
        (2, "place", "“mars” is none of the options", "mars"),
        (4, "name", "The same organisation is in row 3", "škola"),
        (6, "emails", "The same address is in row 3", "C@D.EXAMPLE"),
    ]


def test_an_address_that_another_organisation_invited_is_a_warning(asked):
    load_text("name,emails\nFirst,a@b.example", asked, "en")

    again = checked("name,emails\nFIRST,a@b.example", asked, "en")
    other = checked("name,emails\nSecond,A@b.example", asked, "en")

    assert again.warnings == []
    assert other.warnings == [Problem(2, "emails", "Already invited for First", "A@b.example")]
    assert [entry.name for entry in other.entries] == ["Second"]


def test_unknown_columns_are_told(asked):
    found = checked("name,emails,Phone\nA,a@b.example,1,nobody named this", asked, "en")

    assert found.unknown_columns == ["Phone", "D"]
    assert [entry.name for entry in found.entries] == ["A"]


@pytest.mark.parametrize(
    ("headings", "error"),
    [
        ("emails,language", "There is no column “name”. The first row must hold the headings."),
        ("name,language", "There is no column “emails”. The first row must hold the headings."),
        ("name,emails", "There is no column “language”. Choose the language of the e-mails."),
        (
            "name,e-mail,mail,language",
            "These columns are the same: e-mail, mail. Delete all but one.",
        ),
    ],
)
def test_a_list_without_its_columns_is_refused_as_a_whole(asked, headings, error):
    found = checked(f"{headings}\nA,a@b.example,en,x", asked)

    assert (found.errors, found.entries, found.problems) == ([error], [], [])


def test_the_columns_are_those_of_the_questionnaire(asked):
    assert header_row(asked) == ["name", "emails", "language", "org_type", "place", "role"]


# Loading


def test_a_list_is_loaded_and_the_second_time_changes_nothing(asked):
    first, again = load_text(TWO, asked), load_text(TWO, asked)

    assert first == Outcome(rows=2, new=2, invitations=3)
    assert again == Outcome(rows=2, unchanged=2)
    assert list(
        Invitation.objects.order_by("email").values_list("email", "role", "language", "sent_at")
    ) == [
        ("direktor@bor.example", "send", "sr", None),
        ("office@dunarea.example", "send", "ro", None),
        ("skola@bor.example", "send", "sr", None),
    ]


def test_what_a_later_list_says_is_added_and_what_it_leaves_out_stays(asked):
    load_text("name,emails,place,role\nSkola,a@b.example,borski,lead", asked, "sr")

    outcome = load_text(
        "name,emails,place,role,org_type\nШкола,c@d.example,borski,,school", asked, "sr"
    )

    organisation = Organisation.objects.get()
    assert outcome == Outcome(rows=1, changed=1, invitations=1)
    assert organisation.name == "Школа"
    assert organisation.profile == {"place": "borski", "role": ["lead"], "org_type": "school"}
    assert organisation.invitations.count() == 2


def test_a_wrong_language_can_be_corrected_until_the_invitation_is_sent(asked):
    text = "name,emails\nA,a@b.example\nB,b@b.example"
    load_text(text, asked, "en")
    Invitation.objects.filter(email="b@b.example").update(sent_at=timezone.now())

    outcome = load_text(text, asked, "ro")

    assert outcome == Outcome(rows=2, unchanged=2, languages_changed=1)
    assert list(Invitation.objects.order_by("email").values_list("language", flat=True)) == [
        "ro",
        "en",
    ]


def test_a_member_is_not_invited_again(asked):
    organisation = Organisation.objects.create(name="A")
    user = User.objects.create_user("ana", "ana@b.example")
    Member.objects.create(organisation=organisation, user=user)

    outcome = load_text("name,emails\nA,Ana@b.example", asked, "en")

    assert outcome == Outcome(rows=1, unchanged=1)


def test_a_response_is_left_alone(asked, listens):
    load_text("name,emails,place\nA,a@b.example,timis", asked, "en")
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    version = questionnaire.current_version()
    draft = draft_of(Organisation.objects.get(), questionnaire, version, timezone.now())
    draft.answers = {"place": "borski"}
    draft.save()

    load_text("name,emails,place,role\nA,a@b.example,timis,lead", asked, "en")

    assert Response.objects.get().answers == {"place": "borski"}


def test_an_address_that_a_colleague_invites_meanwhile_stands_in_the_way_of_no_list(
    asked, monkeypatch
):
    monkeypatch.setattr("surveys.organisation_lists.loading.BATCH", 1)
    organisation = Organisation.objects.create(name="B")
    entries = checked("name,emails\nA,a@b.example\nB,b@b.example", asked, "en").entries
    steps = load(entries)
    next(steps)
    Invitation.objects.create(organisation=organisation, email="B@b.example", role="edit")

    *_more, outcome = steps

    assert (outcome.rows, outcome.new, outcome.unchanged) == (2, 1, 1)
    assert outcome.invitations == 1
    assert sorted(Invitation.objects.values_list("email", "role")) == [
        ("B@b.example", "edit"),
        ("a@b.example", "send"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_list_whose_reader_goes_away_leaves_nothing(asked, monkeypatch):
    monkeypatch.setattr("surveys.organisation_lists.loading.BATCH", 1)
    steps = load(checked(TWO, asked).entries)

    assert next(steps) == Outcome(rows=1, new=1, invitations=1)
    steps.close()

    assert (Organisation.objects.count(), Invitation.objects.count()) == (0, 0)


def test_lists_that_nobody_loads_are_forgotten_after_a_week(db):
    OrganisationList.objects.create(name="old.csv")
    now = timezone.now()

    assert forget_lists(now + timedelta(days=6)) == 0
    assert forget_lists(now + timedelta(days=8)) == 1


def many(number):
    lines = [
        f"Organisation {n},office{n}@x{n}.example,ro,ngo,timis,lead|partner" for n in range(number)
    ]
    return "\n".join(["name,emails,language,org_type,place,role", *lines])


def test_ten_thousand_organisations_take_few_queries(asked, django_assert_max_num_queries):
    text = many(10_000)
    with django_assert_max_num_queries(70):
        first = load_text(text, asked)
    with django_assert_max_num_queries(20):
        again = load_text(text, asked)
    changed = load_text(text.replace("|partner", ""), asked)

    assert first == Outcome(rows=10_000, new=10_000, invitations=10_000)
    assert again == Outcome(rows=10_000, unchanged=10_000)
    assert changed == Outcome(rows=10_000, changed=10_000)
    assert (Organisation.objects.count(), Invitation.objects.count()) == (10_000, 10_000)
