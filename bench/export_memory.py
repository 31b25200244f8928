"""`python -m bench.export_memory FILE NUMBER DATABASE`: what writing so many rows takes, in MB.

A process of its own, since what another part of a process once had is not given back.
"""

import os
import re
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from bench.many import look_at  # noqa: E402
from surveys.exports.dataset import counted_blocks  # noqa: E402
from surveys.models import Questionnaire, Response  # noqa: E402

file, number, database = sys.argv[1:]
look_at(database)
citizens = Questionnaire.objects.get(slug="citizens")
chosen = Response.objects.filter(questionnaire=citizens).order_by("id")
if chosen.count() > int(number):
    chosen = chosen.filter(id__lt=chosen.values_list("id", flat=True)[int(number)])
with Path(file).open("wb") as written:
    for block, _rows in counted_blocks(citizens, chosen, fast=True):
        written.write(block)
# What getrusage tells begins with the memory of the process that started this one.
status = Path("/proc/self/status").read_text("utf-8")
print(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024)
