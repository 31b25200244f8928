"""The accessibility statement, made from the last audit of the site."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from surveys.accessibility import statement
from surveys.accessibility.audit import Result, last_audit
from surveys.landing import passages_by_slot
from surveys.models import Consultation


def statement_page(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What tools and people found, between the passages that differ by programme."""
    slots = passages_by_slot(consultation)
    audit = last_audit()
    ctx: dict[str, Any] = {
        "heading": _("Accessibility statement"),
        "site": request.get_host(),
        "commitment": slots["accessibility-commitment"],
        "feedback": slots["accessibility-feedback"],
        "enforcement": slots["accessibility-enforcement"],
        "audit": audit,
        "compliance": statement.compliance(audit),
    }
    if audit:
        ctx |= {
            "found": statement.found(audit),
            "failed": [statement.done(check) for check in audit.with_result(Result.FAILED)],
            "passed": [statement.done(check) for check in audit.with_result(Result.PASSED)],
            "not_done": [check.what for check in audit.with_result(Result.NOT_DONE)],
            "method": statement.method(audit),
        }
    return render(request, "surveys/accessibility.html", ctx)
