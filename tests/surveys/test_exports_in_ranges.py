"""Many rows are read in ranges over several connections: the same file, of one moment."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction

from surveys.exports import copying
from surveys.exports.dataset import counted_blocks, csv_blocks
from surveys.models import Response
from tests.content import load_content
from tests.surveys.exports_cast import made_up, respond

pytestmark = pytest.mark.django_db(transaction=True)

IN_RANGE = 20


@pytest.fixture
def citizens(monkeypatch):
    monkeypatch.setattr(copying, "ROWS_IN_RANGE", IN_RANGE)
    return load_content().questionnaires.get(slug="citizens")


def everybody():
    return Response.objects.all()


def read(questionnaire, responses):
    return counted_blocks(questionnaire, responses, fast=True)


def numbers(questionnaire, responses):
    """How many rows each block has."""
    return [rows for _block, rows in read(questionnaire, responses)][1:]


def in_transaction():
    """Connections other than this one that are in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("number", [IN_RANGE - 1, IN_RANGE, IN_RANGE + 1, 5 * IN_RANGE + 7])
def test_ranges_together_are_what_one_reading_gives(citizens, number):
    made_up(citizens, number)

    in_ranges = b"".join(block for block, _rows in read(citizens, everybody()))

    assert in_ranges == b"".join(csv_blocks(citizens, everybody()))
    assert in_ranges.count(b"\n") >= 1 + number


@pytest.mark.parametrize(("fast", "ranges"), [(True, 4), (False, 0)])
def test_the_command_reads_in_ranges_when_it_is_to_be_fast(
    citizens, monkeypatch, tmp_path, fast, ranges
):
    made_up(citizens, 3 * IN_RANGE)
    file, read_range, found = tmp_path / "citizens.csv", copying._range, []

    def noted(*given):
        found.append(given)
        return read_range(*given)

    monkeypatch.setattr(copying, "_range", noted)

    call_command("export_responses", questionnaire="citizens", output=file, fast=fast)

    assert len(found) == ranges
    assert file.read_bytes() == b"".join(csv_blocks(citizens, everybody()))


def test_every_range_is_full_but_the_last(citizens):
    made_up(citizens, 2 * IN_RANGE + 3)

    assert numbers(citizens, everybody()) == [IN_RANGE, IN_RANGE, 3]


def test_ranges_hold_what_was_chosen_alone(citizens):
    made_up(citizens, 3 * IN_RANGE)
    other = Response.objects.first()
    other.language = "ro"
    other.save()
    Response.objects.exclude(pk=other.pk).update(language="en")

    chosen = Response.objects.filter(language="en")

    assert sorted(numbers(citizens, chosen)) == [0, IN_RANGE - 1, IN_RANGE, IN_RANGE]


def test_what_is_written_meanwhile_is_in_no_range(citizens, monkeypatch):
    made_up(citizens, 5 * IN_RANGE)
    bounds = copying._bounds

    def after_others_have_written(keys, walker):
        respond(citizens)
        Response.objects.filter(pk=Response.objects.earliest("id").pk).delete()
        yield from bounds(keys, walker)

    monkeypatch.setattr(copying, "_bounds", after_others_have_written)

    assert numbers(citizens, everybody()) == 5 * [IN_RANGE] + [0]


def test_who_stops_reading_leaves_no_connection_behind(citizens):
    made_up(citizens, 5 * IN_RANGE)
    blocks = read(citizens, everybody())
    next(blocks), next(blocks)
    held = in_transaction()

    blocks.close()

    assert (held, in_transaction()) == (3, 0)


def test_for_a_browser_it_is_read_over_one_connection(citizens):
    made_up(citizens, 5 * IN_RANGE)

    header, *blocks = csv_blocks(citizens, everybody())

    assert len(blocks) == 1


@pytest.mark.parametrize("there_are", [0, 1, 2])
def test_without_enough_connections_it_is_read_over_its_own(citizens, monkeypatch, there_are):
    made_up(citizens, 2 * IN_RANGE)
    backend, free = type(connections["default"]), iter(range(there_are))
    copy = backend.copy

    def one_of_few(own, *args):
        if next(free, None) is None:
            raise OperationalError("sorry, too many clients already")
        return copy(own, *args)

    monkeypatch.setattr(backend, "copy", one_of_few)

    assert numbers(citizens, everybody()) == [2 * IN_RANGE]
    assert in_transaction() == 0


def test_a_transaction_reads_what_it_has_written_itself(citizens):
    with transaction.atomic():
        made_up(citizens, 2 * IN_RANGE)

        assert numbers(citizens, everybody()) == [2 * IN_RANGE]


def test_a_connection_that_breaks_ends_the_file_with_an_error(citizens):
    made_up(citizens, 9 * IN_RANGE)
    blocks = read(citizens, everybody())
    next(blocks), next(blocks)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL"
        )

    with pytest.raises(OperationalError):
        list(blocks)

    assert in_transaction() == 0
