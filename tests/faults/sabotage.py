"""The site with a protection taken away, for the twins; SABOTAGE names what.

CLOCK is by how many seconds this process's clock is ahead, as far as Python tells it.
"""

import os
import secrets
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone

from consultation.wsgi import application
from surveys.answering import citizens as pages
from surveys.answering import kept, versions
from surveys.identifiers import new_reference
from surveys.journey import only_asked
from surveys.lifecycle import citizens as lifecycle
from surveys.models import Consultation, Response

__all__ = ["application"]

WHAT = os.environ["SABOTAGE"].split()
AHEAD = int(os.environ["CLOCK"])
told, told_by_django = time.time, timezone.now
time.time = lambda: told() + AHEAD
timezone.now = lambda: told_by_django() + timedelta(seconds=AHEAD)
send = pages.send_citizen_response

if "keys" in WHAT:
    # Each form is new, however often it comes.
    lifecycle.secret_hash = lambda _secret: secrets.token_hex(32)

if "slow" in WHAT:
    # More of those who are cut off are so between the commit and the answer.

    def send_and_dawdle(*args, **kwargs):
        response = send(*args, **kwargs)
        time.sleep(0.02)
        return response

    pages.send_citizen_response = send_and_dawdle

if "early" in WHAT:
    # What is answered is stored a moment later, as with a queue in memory.

    def promise(version, *, part, moment, **kwargs):
        def keep():
            try:
                send(version, part=part, moment=moment, **kwargs)
            finally:
                connections.close_all()

        threading.Timer(0.05, keep).start()
        return Response(
            reference=new_reference(),
            answers=only_asked(version, part.answers),
            state=Response.State.SENT,
            sent_at=moment,
        )

    pages.send_citizen_response = promise

if "limits" in WHAT:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None

if "memory" in WHAT:
    # Every page is drawn anew, from questions that are read anew.
    kept.KEPT_FOR = versions.READ_FOR = 0

if "clock" in WHAT:
    # Each process goes by its own clock.
    Consultation.now = property(lambda _self: timezone.now())
