"""`make faults`: all faults and their twins, a line for each, and `var/faults.json`."""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults import of_the_backup, of_the_database, of_the_site, of_the_visitors
from tests.faults.outcome import HEADER
from tests.faults.running import run, run_twin
from tests.faults.stage import Template
from tests.servers import NEEDED, ROOT

FAULTS = [
    *of_the_site.FAULTS,
    *of_the_database.FAULTS,
    *of_the_backup.FAULTS,
    *of_the_visitors.FAULTS,
]


def main():
    asked = _arguments()
    if NEEDED["nginx"] is None:
        sys.exit("make faults needs nginx. On Debian: apt install nginx")
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        template = Template(folder)
        print(HEADER)
        for number, fault in enumerate(_chosen(asked)):
            for runs in (run, run_twin):
                place = folder / f"{number}-{runs.__name__}"
                outcomes.append(runs(fault, place, template))
                print(outcomes[-1], flush=True)
                if not outcomes[-1].holds:
                    _keep_logs(folder, place.name)
                for made in folder.glob(f"{place.name}*"):
                    shutil.rmtree(made)
    (ROOT / "var" / "faults.json").write_text(
        json.dumps([each.as_json() for each in outcomes], indent=2) + "\n"
    )
    if not all(each.holds for each in outcomes):
        sys.exit("Not all of it holds.")


def _keep_logs(folder, name):
    """What the servers of a run said, in `var/faults-missed`: to find out why it missed."""
    for log in [*folder.glob(f"{name}*/**/log"), *folder.glob(f"{name}*/**/*.log")]:
        kept = ROOT / "var" / "faults-missed" / log.relative_to(folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, kept)


def _arguments():
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names of faults; none for all")
    parser.add_argument("--small", action="store_true", help="the few that every change is held to")
    return parser.parse_args()


def _chosen(asked):
    return [
        fault
        for fault in FAULTS
        if (fault.is_short or not asked.small)
        and (not asked.names or any(name in fault.name for name in asked.names))
    ]


if __name__ == "__main__":
    main()
