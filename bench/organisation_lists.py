"""Loading a list of 10,000 organisations, beside writing the same rows without looking at them."""

from collections.abc import Callable

from django.db import transaction

from bench.figures import Figure, seconds
from surveys.models import Invitation, Organisation
from surveys.organisation_lists import Asked, check, load, read

NUMBER = 10_000


def measure() -> list[Figure]:
    content = _list()
    floor = min(_rolled_back(_bare) for _time in range(3))
    first = min(_rolled_back(lambda: _load(content)) for _time in range(3))
    _load(content)
    again = min(_rolled_back(lambda: _load(content)) for _time in range(3))
    return [
        Figure("load 10,000 organisations", first, "s", floor, goal=4),
        Figure("load the same list again", again, "s", floor, goal=4),
    ]


def _list() -> bytes:
    rows = ["name,emails,language,org_type,place,role"]
    rows += [
        f"Organisation {n},office{n}@x{n}.example,ro,ngo,timis,lead|partner" for n in range(NUMBER)
    ]
    return "\n".join(rows).encode()


def _load(content: bytes) -> None:
    for _outcome in load(check(read(content), Asked.now()).entries):
        pass


def _bare() -> None:
    profile = {"org_type": "ngo", "place": "timis", "role": ["lead", "partner"]}
    organisations = [Organisation(name=f"Organisation {n}", profile=profile) for n in range(NUMBER)]
    Organisation.objects.bulk_create(organisations, batch_size=500)
    Invitation.objects.bulk_create(
        [
            Invitation(organisation=organisation, email=f"office{n}@x{n}.example", language="ro")
            for n, organisation in enumerate(organisations)
        ],
        batch_size=500,
    )


def _rolled_back(work: Callable[[], None]) -> float:
    """How long it takes up to its commit; the next try finds the same tables."""
    with transaction.atomic():
        took = seconds(work)
        transaction.set_rollback(True)
    return took
