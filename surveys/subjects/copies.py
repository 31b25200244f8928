"""All that is held of somebody, as they get it: JSON for machines, a page to read, in one ZIP."""

import io
import json
import zipfile
from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from surveys.subjects.finding import Rows


def copy_of(found: dict[str, Rows], on: date) -> bytes:
    """A ZIP of `data.json` and `data.html`, the latter in the active language."""
    titled = [(title, found[name]) for name, title in titles().items() if name in found]
    page = render_to_string("surveys/subjects/copy.html", {"found": titled, "on": on})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json", json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        )
        archive.writestr("data.html", page)
    return file.getvalue()


def titles() -> dict[str, str]:
    """What each kind of rows is called, in the active language and the order they are read."""
    return {
        "account": _("Account"),
        "organisation": _("Organisation"),
        "memberships": _("Organisations"),
        "invitations": _("Invitations"),
        "response": _("Response"),
        "unfinished": _("Unfinished answers"),
        "revisions": _("Earlier wordings"),
        "change": _("Change that was not sent"),
        "events": _("History"),
        "typings": _("Typed from paper"),
        "decisions": _("Decisions about open answers"),
        "codings": _("Themes"),
        "translations": _("Translations"),
        "quotations": _("Quotations"),
        "alike": _("Campaigns"),
        "commitments": _("Entries in the public list"),
        "comments": _("Comments"),
        "changes": _("What was changed"),
        "desk": _("What was done at the desk"),
        "emails": _("E-mails sent"),
        "subscriptions": _("Subscriptions"),
        "passkeys": _("Passkeys"),
    }
