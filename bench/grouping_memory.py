"""`python -m bench.grouping_memory NUMBER SEED`: what grouping so many answers takes, in MB.

A process of its own, since what another part of a process once had is not given back.
"""

import resource
import sys

import psutil

from bench.open_answers import answers
from surveys.campaigns.likeness import group_texts

texts = [answer.text for answer in answers(int(sys.argv[1]), int(sys.argv[2]))]
before = psutil.Process().memory_info().rss
group_texts(texts)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before) / 2**20)
