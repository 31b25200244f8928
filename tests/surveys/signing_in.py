"""Signing in as a person would: the address, and the code from the e-mail."""

import re

from surveys.models import Message

CODE = re.compile(r"^    (\S{4}-\S{4})$", re.MULTILINE)


def last_code(email):
    """The code in the latest e-mail to this address."""
    message = Message.objects.filter(to=email, kind="code").latest("pk")
    return CODE.search(message.text).group(1)


def sign_in_with_code(client, email, following=""):
    """The answer to the right code."""
    client.post("/en/sign-in/", {"email": email, "next": following})
    return client.post("/en/sign-in/code/", {"code": last_code(email), "next": following})


def sign_in_staff(client, user):
    """A member of staff who has shown a second factor."""
    client.force_login(user)
    session = client.session
    session["second_factor"] = True
    session.save()
