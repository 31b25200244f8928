"""One fault on servers of its own, with respondents before, during and after it."""

import time

from tests.faults.outcome import compare
from tests.faults.respondents import Respondents
from tests.faults.stage import stage

AFTERWARDS = 4  # seconds
TRIES = 5
"""Runs of a twin that shows nothing: what is acknowledged too early is not lost every time."""


def run(fault, folder, template):
    with stage(folder, template, fault.setting) as made:
        return _inflict(fault, made, is_twin=False)


def run_twin(fault, folder, template):
    for tried in range(TRIES):
        with stage(folder.with_name(f"{folder.name}-{tried}"), template, fault.twin) as made:
            outcome = _inflict(fault, made, is_twin=True)
        if outcome.holds:
            break
    return outcome


def _inflict(fault, made, *, is_twin):
    inflict = fault.twin_inflict if is_twin and fault.twin_inflict else fault.inflict
    with Respondents(made.port, fault.crowd) as heard:
        made.heard = heard
        time.sleep(1)
        told = inflict(made)
        over = heard.now()
        time.sleep(max(AFTERWARDS, fault.longest_gap + 1))
    since = over if fault.counts_from_the_end else 0.0
    outcome = compare(fault, is_twin, heard, made.stored(), since)
    outcome.unmet += fault.unmet(heard, told)
    return outcome
