#!/usr/bin/env python3
"""Check receipts and the public list of a consultation, as docs/recorded-as-counted.md says.

    verify.py receipt RECEIPT.json [--list LIST.txt] [--checkpoint CHECKPOINT.txt] [--key KEY]
    verify.py list LIST.txt CHECKPOINT.txt [--states STATES.txt] [--responses NUMBER] [--key KEY]
    verify.py grows OLD-LIST.txt NEW-LIST.txt

KEY is the public key as the site shows it. It ends with 0 if all is well, 1 if not, 2 if a
file cannot be read. Signatures are checked where `cryptography` is installed.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path

FORMAT = "recorded-as-counted/1"
STATES = ("counted", "replaced", "withdrawn", "not-counted")
CHECKPOINT = re.compile(
    "(([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\ntime [-0-9T:]+Z\n)\n— ([^ \n]+) ([^ \n]+)\n"
)


def need(condition, message):
    if not condition:
        sys.exit(f"NO: {message}")


def sha256(data):
    return hashlib.sha256(data).digest()


def unhex(text):
    need(re.fullmatch("[0-9a-f]{64}", str(text)), f"Not 32 bytes in hex: {str(text):.80}")
    return bytes.fromhex(str(text))


def canonical(value):
    """Section 1: canonical JSON."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    need(isinstance(value, int) and abs(value) < 2**53, "A number is no integer, or too large.")
    return str(value)


def once(members):
    need(len(members) == len(dict(members)), "A member appears twice in the receipt.")
    return dict(members)


def read_list(text):
    """Section 2: the entries of a list file."""
    *lines, rest = text.split("\n")
    need(rest == "", "The list does not end with a line feed.")
    pairs = [line.partition(" ")[::2] for line in lines]
    need([pair[0] for pair in pairs] == [*map(str, range(len(pairs)))], "A number is wrong.")
    entries = [unhex(digest) for _number, digest in pairs]
    need(len(set(entries)) == len(entries), "An entry stands twice in the list.")
    return entries


def root_of(entries):
    """Section 3: level by level; a hash without a neighbour goes up as it is."""
    hashes = [sha256(b"\0" + entry) for entry in entries]
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2])  # noqa: B905 - a last one without a pair is left
        odd = hashes[len(hashes) & ~1 :]
        hashes = [sha256(b"\1" + left + right) for left, right in pairs] + odd
    return hashes[0] if hashes else sha256(b"")


def read_checkpoint(note, key):
    """Section 4: origin, size and root."""
    found = CHECKPOINT.fullmatch(note)
    need(found, "This is not a checkpoint.")
    text, origin, size, root, name, signature = found.groups()
    check_signature(text.encode(), name, base64.b64decode(signature), key)
    return origin, int(size), base64.b64decode(root)


def check_signature(text, name, signed, key):
    if key is None:
        return print("SKIPPED: the signature. Give the public key of the site with --key.")
    key_name, number, encoded = key.split("+", 2)
    raw = base64.b64decode(encoded)
    expected = sha256(key_name.encode() + b"\n" + raw)[:4]
    is_theirs = (key_name, number, expected) == (name, expected.hex(), signed[:4])
    need(is_theirs, "Another key has signed the checkpoint.")
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - optional
    except ImportError:
        return print("SKIPPED: the signature. The package “cryptography” is not installed.")
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signed[4:], text)
    except Exception:  # noqa: BLE001 - whatever it is called, it is not signed
        sys.exit("NO: FORGED: the signature of the checkpoint.")
    return print("OK: the checkpoint is signed by the key.")


def root_by_proof(entry, position, size, hashes):
    """Section 5, as RFC 9162, section 2.1.3.2 says."""
    need(0 <= position < size, "FORGED: the position is not in the list.")
    fn, sn, r = position, size - 1, sha256(b"\0" + entry)
    for p in hashes:
        need(sn, "FORGED: the proof is too long.")
        if fn % 2 or fn == sn:
            r = sha256(b"\1" + p + r)
            while not fn % 2 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "FORGED: the proof is too short.")
    return r


def check_receipt(text, entries=None, checkpoint=None, key=None):
    """Section 6. `entries` and `checkpoint` are those of today, where they are at hand."""
    receipt = json.loads(text, object_pairs_hook=once)
    need(isinstance(receipt, dict) and receipt.get("format") == FORMAT, "This is not a receipt.")
    commitment, salt = unhex(receipt.get("commitment")), unhex(receipt.get("salt"))
    made = sha256(f"{FORMAT}\n".encode() + salt + canonical(receipt.get("response")).encode())
    need(made == commitment, "FORGED: these answers and this salt do not give this commitment.")
    print("OK: cast as recorded. The answers and the salt give the commitment.")
    today = read_checkpoint(checkpoint, key) if checkpoint else None
    if entries is not None:
        need(commitment in entries, "The commitment is not in the list.")
        print(f"OK: the commitment is in the list, at {entries.index(commitment)}.")
        check_list(entries, *today) if today else None
    proof = receipt.get("proof")
    if proof is None:
        return print("NOT YET: the receipt has no proof. Download it again after the next batch.")
    need(isinstance(proof, dict) and isinstance(proof.get("hashes"), list), "The proof is none.")
    position, size, hashes = proof.get("position"), proof.get("size"), map(unhex, proof["hashes"])
    need(type(position) is int and type(size) is int, "Position and size are integers.")
    origin, signed_size, root = read_checkpoint(str(proof.get("checkpoint")), key)
    need(size == signed_size, "FORGED: the proof is for another size than its checkpoint.")
    reached = root_by_proof(commitment, position, size, hashes)
    need(reached == root, "FORGED: the proof does not lead to the root of its checkpoint.")
    need(today is None or today[0] == origin, "The checkpoint is of another list.")
    need(entries is None or root_of(entries[:size]) == root, "The list has changed since.")
    return print(f"OK: recorded as counted. It is entry {position} of the {size} at {origin}.")


def check_list(entries, _origin, size, root):
    need(len(entries) == size, f"The list has {len(entries)} entries, {size} were signed.")
    need(root_of(entries) == root, "The list has another root than was signed: it was changed.")
    print(f"OK: the list has the {size} entries and the root of the checkpoint.")


def check_states(text, size, responses):
    lines = [line.split(" ") for line in text.splitlines()]
    need(all(len(line) == 2 and line[1] in STATES for line in lines), "A state is not known.")
    need([line[0] for line in lines] == [str(n) for n in range(size)], "Not one state an entry.")
    numbers = {state: [line[1] for line in lines].count(state) for state in STATES}
    print(f"OK: {size} = " + " + ".join(f"{numbers[state]} {state}" for state in STATES))
    if responses is not None:
        need(numbers["counted"] <= responses, "More entries count than there are responses.")
        print(f"OK: of {responses} responses {numbers['counted']} are listed.")


def read(path):
    return Path(path).read_bytes().decode() if path else None


def main(arguments=None):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("what", choices=["receipt", "list", "grows"])
    parser.add_argument("file")
    parser.add_argument("other", nargs="?")
    parser.add_argument("--responses", type=int)
    for option in ("--list", "--checkpoint", "--states", "--key"):
        parser.add_argument(option)
    given = parser.parse_args(arguments)
    if given.what == "receipt":
        today = read_list(read(given.list)) if given.list else None
        return check_receipt(read(given.file), today, read(given.checkpoint), given.key)
    entries, other = read_list(read(given.file)), read(given.other) or ""
    if given.what == "list":
        check_list(entries, *read_checkpoint(other, given.key))
        return given.states and check_states(read(given.states), len(entries), given.responses)
    need(read_list(other)[: len(entries)] == entries, "It does not begin with the old: changed.")
    return print(f"OK: the list goes on from the {len(entries)} entries of the old one.")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, RecursionError) as unreadable:
        print(f"UNREADABLE: {unreadable}")
        sys.exit(2)
