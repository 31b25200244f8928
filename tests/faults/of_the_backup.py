"""The restore drill: what was deleted by accident comes back from base backup and archive."""

import time

from tests.faults.fault import Fault
from tests.faults.stage import Setting


def deleted_and_restored(stage):
    """To the moment before the accident, with the changes that were archived until then."""
    backup, moment = _back_up_and_lose(stage)
    restore = f"restore_command=cp {stage.archive}/%f %p"
    _restore(stage, backup, restore, f"recovery_target_time={moment}")


def deleted_and_restored_without_archive(stage):
    """All that is left is the base backup."""
    backup, _moment = _back_up_and_lose(stage)
    _restore(stage, backup, "restore_command=false", "recovery_target=immediate")


def _back_up_and_lose(stage):
    """The folder of a base backup, and the moment before somebody deletes all responses.

    What was acknowledged after that moment, until the site is stopped, can be in no backup: it is
    taken from the list.
    """
    time.sleep(3)
    backup = stage.folder / "backup"
    stage.primary.back_up(backup)
    time.sleep(4)
    until = stage.heard.now()
    ((moment,),) = stage.primary.ask("SELECT clock_timestamp()::text")
    stage.primary.ask("TRUNCATE surveys_response CASCADE")
    stage.primary.stop()
    for words, acknowledged in list(stage.heard.acknowledged.items()):
        if acknowledged > until:
            del stage.heard.acknowledged[words]
    return backup, moment


def _restore(stage, backup, *recovery):
    (backup / "recovery.signal").touch()
    stage.primary.data = backup
    stage.primary.start(*recovery, "recovery_target_action=promote")
    state = "SELECT pg_is_in_recovery()"
    while stage.primary.ask(state) != [(False,)]:
        time.sleep(0.1)


FAULTS = [
    Fault(
        "all responses deleted, then restored",
        "what was acknowledged until then is there, taken again at most 5 s after it",
        deleted_and_restored,
        setting=Setting(archives=True),
        longest_gap=5,
        counts_from_the_end=True,
        twin=Setting(archives=True),
        twin_inflict=deleted_and_restored_without_archive,
    ),
]
