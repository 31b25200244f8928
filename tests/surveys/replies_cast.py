"""Replies for tests, with all that publishing asks for."""

from django.utils import timezone

from surveys.models import Reply
from surveys.replying import publish, write
from surveys.translated import Text


def in_all(words):
    return Text(en=words, ro=f"{words} (ro)", sr=f"{words} (ср)")


def a_reply(listens, called="Waiting at the border", **fields):
    reply = Reply(
        consultation=listens,
        **{
            "heading": in_all(called),
            "said": in_all("Crossing takes too long."),
            "did": in_all("A second lane opens."),
            "owner": in_all("Joint Secretariat"),
        }
        | fields,
    )
    write(reply)
    return reply


def published(listens, by, called="Waiting at the border", **fields):
    reply = a_reply(listens, called, **fields)
    publish(reply.pk, by, timezone.now())
    reply.refresh_from_db()
    return reply
