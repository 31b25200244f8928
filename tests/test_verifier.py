"""The program that checks, against known answers, against the site, and against forgers."""

import contextlib
import copy
import hashlib
import importlib.util
import io
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ledger import tree
from surveys.ledger.canonical import canonical, digest_of
from surveys.ledger.notes import Note, public_key_line

PROGRAM = Path(__file__).parents[1] / "docs" / "verifier" / "verify.py"
spec = importlib.util.spec_from_file_location("verify", PROGRAM)
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)

# The list of 10,000 is made once.
pytestmark = pytest.mark.xdist_group("verifier")

ORIGIN = "consultation.example.org/listens"
# Those of Certificate Transparency's own tests: entries, and the root of the first n of them.
KNOWN_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Tree:
    """A list in memory, in the site's own hashes."""

    def __init__(self, entries):
        self.entries = entries
        self.hashes = tree.grown(0, {}, entries)
        self.root = tree.root_of(tree.cover(0, len(entries)), self.hashes)

    def proof(self, position):
        return tree.proof(position, len(self.entries), lambda _places: self.hashes)

    def note(self):
        return Note(ORIGIN, len(self.entries), self.root, datetime(2027, 3, 1, tzinfo=UTC))

    def file(self):
        lines = (f"{number} {entry.hex()}\n" for number, entry in enumerate(self.entries))
        return "".join(lines)


def numbered(number):
    return [hashlib.sha256(str(index).encode()).digest() for index in range(number)]


def said(number):
    """What the respondent of that number said, and the salt."""
    answers = {"C5": f"Скела бр. {number}, „Жа”", "place": "timis", "C2": ["nature", "risk"]}
    response = {"consultation": "listens", "version": 1, "answers": answers}
    return response, hashlib.sha256(b"salt %d" % number).digest()


@cache
def many():
    """10,000 responses with their receipts' tree."""
    return Tree([bytes.fromhex(digest_of(salt, said)) for said, salt in map(said, range(10_000))])


def receipt(number, listed=None, signed=None):
    listed = listed or many()
    response, salt = said(number)
    return {
        "format": "recorded-as-counted/1",
        "response": response,
        "salt": salt.hex(),
        "commitment": digest_of(salt, response),
        "proof": {
            "position": number,
            "size": len(listed.entries),
            "hashes": [each.hex() for each in listed.proof(number)],
            "checkpoint": signed or listed.note().signed(),
        },
    }


def says(check, *args, **kwargs):
    """What the program prints, and what it refuses with; nothing where all is well."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            check(*args, **kwargs)
        except SystemExit as refused:
            return printed.getvalue(), str(refused)
    return printed.getvalue(), ""


def run(*arguments):
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def files(tmp_path):
    """Three entries as somebody downloads them, and an older list of two."""
    listed = Tree([bytes.fromhex(digest_of(*reversed(said(number)))) for number in range(3)])
    older = Tree(listed.entries[:2])
    (tmp_path / "list.txt").write_text(listed.file())
    (tmp_path / "older.txt").write_text(older.file())
    (tmp_path / "checkpoint.txt").write_text(listed.note().signed())
    (tmp_path / "states.txt").write_text("0 counted\n1 withdrawn\n2 counted\n")
    (tmp_path / "receipt.json").write_text(json.dumps(receipt(1, listed)))
    return tmp_path


def test_the_program_is_short_and_imports_nothing_of_the_site():
    lines = PROGRAM.read_text("utf-8").splitlines()
    imported = [line for line in lines if line.lstrip().startswith(("import ", "from "))]

    assert len(lines) <= 200
    assert not any("surveys" in line or "django" in line for line in imported)


@pytest.mark.parametrize("size", range(9))
def test_both_give_the_known_roots(size):
    entries = KNOWN_ENTRIES[:size]

    assert Tree(entries).root.hex() == KNOWN_ROOTS[size]
    assert verify.root_of(entries).hex() == KNOWN_ROOTS[size]


def test_both_give_a_known_proof():
    # Entry 5 of 8, as in the same tests.
    known = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]

    assert [each.hex() for each in Tree(KNOWN_ENTRIES).proof(5)] == known
    proof = list(map(bytes.fromhex, known))
    assert verify.root_by_proof(KNOWN_ENTRIES[5], 5, 8, proof).hex() == KNOWN_ROOTS[8]


@pytest.mark.parametrize("size", range(1, 68))
def test_every_proof_of_the_site_convinces_both(size):
    entries = numbered(size)
    listed = Tree(entries)

    proved = [
        (
            verify.root_by_proof(entry, position, size, listed.proof(position)),
            tree.root_from_proof(entry, position, size, listed.proof(position)),
        )
        for position, entry in enumerate(entries)
    ]

    assert set(proved) == {(listed.root, listed.root)}
    assert listed.root == verify.root_of(entries)


@given(st.lists(st.integers(1, 40), max_size=8))
def test_a_tree_that_grew_in_batches_is_the_tree_of_all(sizes):
    entries = numbered(sum(sizes))
    hashes, size = {}, 0

    for batch in sizes:
        frontier = {place: hashes[place] for place in tree.cover(0, size)}
        hashes |= tree.grown(size, frontier, entries[size : size + batch])
        size += batch

    assert tree.root_of(tree.cover(0, size), hashes) == verify.root_of(entries)


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
)


@given(ANY_VALUE)
def test_whatever_was_said_both_write_it_alike(value):
    written = canonical(value)

    assert verify.canonical(value).encode() == written
    assert json.loads(written) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (
            {"b": "€\u000f\nA'B\"\\/", "a": [True, None, -7]},
            r"""{"a":[true,null,-7],"b":"€\u000f\nA'B\"\\/"}""",
        ),
        ({"\ufb33": 1, "😀": 2}, '{"😀":2,"\ufb33":1}'),
        ("š\u007f\u2028", '"š\u007f\u2028"'),
    ],
)
def test_canonical_json_is_that_of_rfc_8785(value, written):
    assert canonical(value).decode() == written
    assert verify.canonical(value) == written


def test_10_000_receipts_verify():
    """Through the program's own functions, in this process."""
    signed = many().note().signed()
    root = verify.root_of(many().entries)

    refused = [
        number
        for number in range(10_000)
        if says(verify.check_receipt, json.dumps(receipt(number, signed=signed)))[1]
    ]

    assert refused == []
    assert root == many().root


def tampered(entries, rng):
    """The list with one row changed, removed, added or moved."""
    entries = list(entries)
    position = rng.randrange(len(entries))
    other = rng.choice([index for index in range(len(entries)) if index != position])
    kind = rng.choice(["changed", "removed", "added", "moved"])
    if kind == "changed":
        byte = rng.randrange(32)
        old = entries[position]
        changed = old[byte] ^ 1 << rng.randrange(8)
        entries[position] = old[:byte] + bytes([changed]) + old[byte + 1 :]
    elif kind == "removed":
        del entries[position]
    elif kind == "added":
        entries.insert(position, rng.randbytes(32))
    else:
        entries[position], entries[other] = entries[other], entries[position]
    return entries


def test_one_row_of_10_000_tampered_with_is_detected_in_each_of_1_000_trials():
    entries, root = many().entries, many().root
    rng = random.Random(6)

    undetected = sum(verify.root_of(tampered(entries, rng)) == root for _ in range(1_000))

    assert verify.root_of(entries) == root
    assert undetected == 0


def put(path, value):
    """Set one member of a receipt."""

    def forge(forged):
        *way, last = path
        for name in way:
            forged = forged[name]
        forged[last] = value

    return forge


FORGERIES = {
    "answers": put(["response", "answers", "C5"], "Нешто друго"),
    "another question": put(["response", "answers", "C9"], "Нешто друго"),
    "language": put(["response", "language"], "en"),
    "version": put(["response", "version"], 2),
    "salt": put(["salt"], "ab" * 32),
    "short salt": put(["salt"], "ab"),
    "commitment": put(["commitment"], "cd" * 32),
    "position": put(["proof", "position"], 8),
    "position outside": put(["proof", "position"], 10_000),
    "size": put(["proof", "size"], 9_999),
    "hash": put(["proof", "hashes", 3], "ef" * 32),
    "no hashes": put(["proof", "hashes"], []),
    "format": put(["format"], "recorded-as-counted/0"),
    "a number that is none": put(["response", "version"], 1.5),
    "proof": put(["proof"], "yes"),
    "checkpoint": put(["proof", "checkpoint"], "trust me"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_receipt_is_refused(forgery):
    forged = receipt(7)
    FORGERIES[forgery](forged)

    assert says(verify.check_receipt, json.dumps(receipt(7)))[1] == ""
    assert says(verify.check_receipt, json.dumps(forged))[1].startswith("NO: ")


def test_too_many_hashes_are_refused():
    forged = receipt(7)
    forged["proof"]["hashes"] += ["ef" * 32]

    assert "too long" in says(verify.check_receipt, json.dumps(forged))[1]


def test_a_member_that_stands_twice_is_refused():
    text = json.dumps(receipt(7))[:-1] + ', "format": "recorded-as-counted/1"}'

    assert "twice" in says(verify.check_receipt, text)[1]


def test_a_root_that_nobody_signed_is_refused():
    """The forger makes a tree of one entry of their own, and keeps the signature."""
    entry = receipt(7)["commitment"]
    forged = Tree([bytes.fromhex(entry)])
    signature = many().note().signed().rpartition("\n\n")[2]
    made_up = receipt(7)
    made_up["proof"] = {
        "position": 0,
        "size": 1,
        "hashes": [],
        "checkpoint": f"{forged.note().text()}\n{signature}",
    }

    told, refused = says(verify.check_receipt, json.dumps(made_up), key=public_key_line(ORIGIN))

    assert refused == "NO: FORGED: the signature of the checkpoint."
    assert Note.read(made_up["proof"]["checkpoint"]) is None
    # Without a key it says that this was not looked at.
    assert "SKIPPED: the signature" in says(verify.check_receipt, json.dumps(made_up))[0]


def test_the_signature_of_another_key_is_refused(settings):
    ours = public_key_line(ORIGIN)
    settings.LEDGER_KEY = "01" * 32
    theirs = many().note().signed()
    settings.LEDGER_KEY = ""

    assert "Another key" in says(verify.read_checkpoint, theirs, ours)[1]
    assert Note.read(theirs) is None
    assert Note.read(many().note().signed()) == many().note()


def test_the_program_checks_a_receipt_with_list_and_checkpoint(files):
    code, printed = run(
        *("receipt", files / "receipt.json", "--list", files / "list.txt"),
        *("--checkpoint", files / "checkpoint.txt", "--key", public_key_line(ORIGIN)),
    )

    assert code == 0
    assert printed.splitlines() == [
        "OK: cast as recorded. The answers and the salt give the commitment.",
        "OK: the checkpoint is signed by the key.",
        "OK: the commitment is in the list, at 1.",
        "OK: the list has the 3 entries and the root of the checkpoint.",
        "OK: the checkpoint is signed by the key.",
        f"OK: recorded as counted. It is entry 1 of the 3 at {ORIGIN}.",
    ]


def test_the_program_refuses_a_forged_receipt_with_an_exit_code(files):
    forged = json.loads((files / "receipt.json").read_text())
    forged["response"]["answers"]["place"] = "bor"
    (files / "receipt.json").write_text(json.dumps(forged))

    assert run("receipt", files / "receipt.json") == (
        1,
        "NO: FORGED: these answers and this salt do not give this commitment.\n",
    )


def test_the_program_checks_list_and_numbers(files):
    code, printed = run(
        *("list", files / "list.txt", files / "checkpoint.txt"),
        *("--states", files / "states.txt", "--responses", 2),
    )

    assert code == 0
    assert "OK: 3 = 2 counted + 0 replaced + 1 withdrawn + 0 not-counted" in printed
    assert "OK: of 2 responses 2 are listed." in printed


def test_the_program_refuses_a_list_that_was_not_signed(files):
    code, printed = run("list", files / "older.txt", files / "checkpoint.txt")

    assert code == 1
    assert "NO: The list has 2 entries, 3 were signed." in printed


def test_the_program_sees_whether_a_list_only_grew(files):
    assert run("grows", files / "older.txt", files / "list.txt")[0] == 0
    assert run("grows", files / "list.txt", files / "older.txt")[0] == 1


def test_states_of_other_entries_are_refused(files):
    (files / "states.txt").write_text("0 counted\n2 counted\n1 withdrawn\n")

    assert (
        run(
            *(
                "list",
                files / "list.txt",
                files / "checkpoint.txt",
                "--states",
                files / "states.txt",
            )
        )[0]
        == 1
    )


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\ufeff{}", '{"response": NaN'])
def test_what_cannot_be_read_has_an_exit_code_of_its_own(files, text):
    (files / "receipt.json").write_text(text)

    code, printed = run("receipt", files / "receipt.json")

    assert code == 2
    assert printed.startswith("UNREADABLE: ")


def test_a_receipt_without_a_proof_is_told_to_wait():
    early = copy.deepcopy(receipt(7)) | {"proof": None}

    assert "NOT YET" in says(verify.check_receipt, json.dumps(early))[0]
