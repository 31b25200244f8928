import os
import threading

import pytest
from django.core.management.base import CommandError

from surveys.management.whole_file import whole_file


def test_a_file_takes_its_name_once_it_is_whole(tmp_path):
    output = tmp_path / "citizens.csv"
    output.write_text("the one before")

    with whole_file(output) as file:
        file.write(b"the new one")
        file.flush()
        assert output.read_text() == "the one before"

    assert output.read_text() == "the new one"
    assert [*tmp_path.iterdir()] == [output]


def test_of_a_broken_file_nothing_is_left(tmp_path):
    output = tmp_path / "citizens.csv"
    output.write_text("the one before")

    def broken(file):
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), whole_file(output) as file:
        broken(file)

    assert output.read_text() == "the one before"
    assert [*tmp_path.iterdir()] == [output]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    """So does /dev/null, which was a file of ours afterwards."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()

    with whole_file(pipe) as file:
        file.write(b"all of it")

    reader.join(timeout=10)
    assert read == ["all of it"]
    assert pipe.is_fifo()


def test_a_link_leads_to_the_same_file_as_before(tmp_path):
    target, link = tmp_path / "kept.csv", tmp_path / "latest.csv"
    target.write_text("the one before")
    link.symlink_to(target)

    with whole_file(link) as file:
        file.write(b"the new one")

    assert link.readlink() == target
    assert target.read_text() == "the new one"


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere/citizens.csv", "No such file or directory"), (".", "Is a dir")]
)
def test_what_cannot_be_written_is_said_in_words(tmp_path, name, reason):
    output = tmp_path / name

    told = f"^{output} cannot be written: {reason}"
    with pytest.raises(CommandError, match=told), whole_file(output):
        pass
