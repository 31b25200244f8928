"""`python -m bench.grouping_memory NUMBER SEED`: what grouping so many answers takes, in MB.

A process of its own, since what another part of a process once had is not given back.
"""

import re
import sys
from pathlib import Path

import psutil

from bench.open_answers import answers
from surveys.campaigns.likeness import group_texts

texts = [answer.text for answer in answers(int(sys.argv[1]), int(sys.argv[2]))]
before = psutil.Process().memory_info().rss
group_texts(texts)
# What getrusage tells begins with the memory of the process that started this one.
status = Path("/proc/self/status").read_text("utf-8")
highest = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
print((highest - before) / 2**20)
