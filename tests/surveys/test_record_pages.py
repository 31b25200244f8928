"""The public record and the page that checks receipts."""

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from surveys.answering.shared import receipt_file
from surveys.ledger.batches import publish_batch_due
from surveys.ledger.committing import commit, forget_salts
from surveys.ledger.reading import Summary
from surveys.ledger.receipts import commitment_of
from surveys.lifecycle import withdraw
from surveys.models import Attempts, Checkpoint, Commitment, Response
from tests.surveys.keys import new_key
from tests.surveys.test_ledger import after, change, of_organisation, send, version
from tests.test_verifier import FORGERIES, PROGRAM, run

__all__ = ["version"]

RECORD = "/en/record/"
CHECK = "/en/record/check/"
WORDS = "Скела код Голупца"


@pytest.fixture
def receipt_page(client, listens):
    return client.post("/en/citizens/", {"key": new_key(), "place": "timis", "C5": WORDS}).url


@pytest.fixture
def receipt(client, listens, receipt_page, version):
    """The receipt file of a response in the public list of three."""
    send(version)
    send(version)
    publish(listens)
    return client.get(f"{receipt_page}receipt.json").json()


def read(answer):
    """What a page says."""
    return " ".join(strip_tags(answer.content.decode()).split())


def publish(listens):
    assert publish_batch_due(after(listens))
    cache.clear()


def checked(client, brought, **kwargs):
    """The status and the headings of what was found."""
    text = brought if isinstance(brought, str) else json.dumps(brought)
    answer = client.post(CHECK, {"pasted": text} | kwargs)
    found = answer.context.get("findings") or []
    return answer.status_code, [(finding.tone, finding.heading) for finding in found]


def test_the_receipt_page_shows_the_code_and_leads_to_the_file(client, receipt_page):
    page = read(client.get(receipt_page))
    digest = Commitment.objects.get().digest

    assert " ".join(digest[start : start + 4] for start in (0, 4, 8, 12)) in page
    assert "Your answers will enter the public record as this code" in page
    assert "The code is not in the public list yet" in page


def test_the_receipt_page_says_when_the_code_is_in_the_record(client, receipt_page, receipt):
    page = read(client.get(receipt_page))

    assert "Your answers have entered the public record as this code" in page
    assert "not in the public list yet" not in page


def test_the_receipt_file_convinces_the_program(client, listens, receipt, tmp_path):
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    for name in ("list", "checkpoint", "states"):
        file = client.get(f"{RECORD}{name}-3.txt")
        (tmp_path / f"{name}.txt").write_bytes(b"".join(file.streaming_content))
    program = b"".join(client.get(f"{RECORD}verify.py").streaming_content)
    key = client.get(RECORD).context["public_key"]

    code, printed = run(
        *("receipt", tmp_path / "receipt.json", "--list", tmp_path / "list.txt"),
        *("--checkpoint", tmp_path / "checkpoint.txt", "--key", key),
    )
    whole, numbers = run(
        *("list", tmp_path / "list.txt", tmp_path / "checkpoint.txt", "--key", key),
        *("--states", tmp_path / "states.txt", "--responses", 3),
    )

    assert receipt["response"]["answers"]["C5"] == WORDS
    assert (code, whole) == (0, 0)
    assert printed.splitlines()[-1].startswith("OK: recorded as counted.")
    assert "OK: 3 = 3 counted" in numbers
    assert program == PROGRAM.read_bytes()


def test_the_receipt_file_is_behind_the_secret_alone(client, listens, receipt_page):
    *_rest, reference, secret, _end = receipt_page.split("/")
    guessed = f"/en/citizens/sent/{reference}/{secret[::-1]}/receipt.json"

    assert client.get(guessed).status_code == 404
    assert client.get(f"{receipt_page}receipt.json")["Cache-Control"] == "private, no-store"
    withdraw(Response.objects.get())
    assert client.get(f"{receipt_page}receipt.json").status_code == 410


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_record_is_there_before_anything_is_in_it(client, listens, language):
    answer = client.get(f"/{language}/record/")

    assert answer.status_code == 200
    assert "list-0.txt" not in answer.content.decode()
    assert not answer.cookies


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_record_shows_root_numbers_and_what_is_not_proved(client, receipt, language):
    answer = client.get(f"/{language}/record/")

    page = answer.content.decode()
    assert bytes(Checkpoint.objects.get().root).hex() in page
    assert f"/{language}/record/list-3.txt" in page
    assert not answer.cookies


def test_the_record_says_when_the_numbers_differ(client, listens, receipt):
    of_organisation(listens)
    cache.clear()

    assert "The numbers do not add up. Responses that count in the published data: 4" in read(
        client.get(RECORD)
    )


def test_files_of_a_size_that_was_never_signed_do_not_exist(client, receipt):
    for name in ("list", "states", "checkpoint"):
        assert client.get(f"{RECORD}{name}-2.txt").status_code == 404


@pytest.mark.parametrize(("language", "written"), [("en", "3,155"), ("ro", "3.155")])
def test_numbers_of_the_record_are_grouped_as_the_language_does(language, written):
    found = Summary(Checkpoint(size=3155, root=b""), 3155, 0, 0, 0, 0, 3155, is_final=True)

    with override(language):
        numbers = render_to_string("surveys/record_numbers.html", {"record": found})
        short = render_to_string("components/record_summary.html", {"record": found})

    assert numbers.count(written) == 2
    assert short.count(written) == 2
    assert "3155" not in numbers + short


@pytest.mark.parametrize("language", ["en", "ro", "sr"])
def test_the_link_to_the_specification_names_the_language_of_what_it_leads_to(
    client, listens, language
):
    page = client.get(f"/{language}/record/").content.decode()

    assert f'<a href="/{language}/record/specification.md" hreflang="en">' in page


def test_the_specification_and_all_checkpoints_can_be_read(client, receipt):
    text = b"".join(client.get(f"{RECORD}specification.md").streaming_content)
    notes = b"".join(client.get(f"{RECORD}checkpoints.txt").streaming_content)

    assert text == (Path(PROGRAM).parents[1] / "recorded-as-counted.md").read_bytes()
    assert notes.decode() == Checkpoint.objects.get().note


def test_a_receipt_is_found_whole_recorded_and_counted(client, receipt):
    assert checked(client, receipt) == (
        200,
        [
            ("good", "The receipt is whole"),
            ("good", "The proof in the receipt is right"),
            ("good", "Cast as recorded"),
            ("good", "Recorded as counted"),
            ("good", "It counts"),
        ],
    )


def test_a_receipt_is_read_from_a_file_too(client, receipt):
    file = SimpleUploadedFile("receipt.json", json.dumps(receipt).encode())

    assert len(checked(client, "", file=file)[1]) == 5


def test_a_code_is_enough_also_in_groups_and_shortened(client, receipt):
    found = [
        ("good", "Cast as recorded"),
        ("good", "Recorded as counted"),
        ("good", "It counts"),
    ]
    digest = receipt["commitment"]

    assert checked(client, digest) == (200, found)
    assert checked(
        client, f" {digest[:4]} {digest[4:8]}\n{digest[8:12]} {digest[12:16]} ".upper()
    ) == (
        200,
        found,
    )


@pytest.mark.parametrize("forgery", sorted({*FORGERIES} - {"format", "short salt"}))
def test_a_forged_receipt_is_refused_in_words(client, receipt, forgery):
    if forgery == "position":
        receipt["proof"]["position"] = (receipt["proof"]["position"] + 1) % 3
    elif forgery == "hash":
        receipt["proof"]["hashes"][0] = "ef" * 32
    elif forgery == "language":
        receipt["response"]["language"] = "sr"
    elif forgery == "answers":
        receipt["response"]["answers"]["C5"] = "Мост"
    else:
        FORGERIES[forgery](receipt)

    status, found = checked(client, receipt)

    assert status == 200
    assert [tone for tone, _heading in found][-1] == "bad"
    assert "forged or damaged" in found[-1][1]


def test_the_checkpoint_of_another_key_is_refused(client, receipt, settings):
    settings.LEDGER_KEY = "01" * 32

    assert checked(client, receipt)[1][-1] == (
        "bad",
        "The proof in the receipt is forged or damaged",
    )


def test_answers_that_were_changed_in_the_record_are_found(client, receipt):
    Response.objects.filter(answers__C5=WORDS).update(answers={"place": "timis"})

    assert ("bad", "The record was changed") in checked(client, receipt)[1]


def test_a_commitment_that_waits_is_told_when_it_comes(client, receipt_page):
    answer = client.post(CHECK, {"pasted": Commitment.objects.get().digest})

    assert "Not yet in the public list" in read(answer)
    assert "at the latest on 1 March 2027" in read(answer)


def test_an_unknown_commitment_is_told_what_to_do(client, receipt):
    assert checked(client, "ab" * 32)[1] == [("bad", "The record does not have this code")]


def test_what_was_replaced_withdrawn_or_does_not_count_is_told(client, listens, version):
    first = send(version, C5="a")
    replaced = commitment_of(first)
    change(first, C5="b")
    second = send(version)
    withdrawn = commitment_of(second)
    withdraw(second)
    other = of_organisation(listens, "waiting")
    publish_batch_due(after(listens))
    commit(other)

    def last(commitment):
        return checked(client, commitment.digest)[1][-1]

    assert last(replaced) == ("open", "It was replaced")
    assert last(withdrawn) == ("open", "It was withdrawn")
    assert last(commitment_of(other)) == ("open", "It does not count")


@pytest.mark.parametrize(
    "brought",
    [
        *("", "K7QF-9M2D", "{", "[1]", "{}", '{"format": "recorded-as-counted/1"}'),
        *("{" * 100_000, '{"format": "recorded-as-counted/1", "format": 1}', "ab" * 33),
        *("a\x00b", '{"format": "recorded-as-counted/1", "commitment": 7, "salt": null}'),
        *("%", "' OR 1=1 --", "😀" * 100),
    ],
)
def test_what_is_no_receipt_is_answered_in_words(client, listens, brought):
    answer = client.post(CHECK, {"pasted": brought})

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


@pytest.mark.parametrize(
    "response",
    [{"a": 1.5}, {"a": float("nan")}, {"a": "\ud800"}, 7, None, [[[]]], {"version": 2**60}],
)
def test_odd_content_is_refused_and_no_fault(client, receipt, response):
    assert checked(client, receipt | {"response": response})[1] == [
        ("bad", "The receipt is forged or damaged")
    ]


@pytest.mark.parametrize(
    "proof",
    [
        7,
        [],
        {},
        {"position": "1"},
        {"position": 0, "size": 10**300, "hashes": [], "checkpoint": ""},
    ],
)
def test_an_odd_proof_is_refused_and_no_fault(client, receipt, proof):
    assert checked(client, receipt | {"proof": proof})[1][-1][0] == "bad"


def test_what_is_too_large_is_refused_before_it_is_read(client, listens):
    file = SimpleUploadedFile("receipt.json", b"x" * 3_000_000)

    answer = client.post(CHECK, {"file": file})

    assert answer.status_code == 413
    assert "This is larger than any receipt" in answer.content.decode()
    file = SimpleUploadedFile("receipt.json", b"x" * 1_500_000)
    assert client.post(CHECK, {"file": file}).status_code == 422


def test_checking_leaves_no_trace(client, receipt, caplog):
    def everything():
        return [list(model.objects.order_by("pk").values()) for model in (Commitment, Attempts)]

    before = everything()
    answer = client.post(CHECK, {"pasted": json.dumps(receipt)})

    assert everything() == before
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"
    assert receipt["commitment"] not in caplog.text


def test_an_organisation_gets_a_receipt_file_too(listens):
    # From its page: tests/surveys/test_access.py.
    response = of_organisation(listens)
    commit(response)

    said = json.loads(receipt_file(response).content)["response"]

    assert said == {
        "consultation": "listens-2027",
        "questionnaire": "stakeholders",
        "version": 1,
        "language": "ro",
        "publication": "named",
        "answers": {"S1": "both"},
    }


def test_there_is_no_receipt_file_without_the_salt(listens):
    response = of_organisation(listens)
    with pytest.raises(Http404):
        receipt_file(response)
    commit(response)
    forget_salts(response)

    with pytest.raises(Http404):
        receipt_file(response)
