"""What a citizen has saved and sent: the personal link, the answers, taking them back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from surveys.answering.access import TooManyTries, get_own_response
from surveys.answering.again import is_cross_site
from surveys.answering.forms import ReturnForm
from surveys.answering.opened import once_sent, own_page, unkept
from surveys.answering.printing import papers_are_limited, pdf_response
from surveys.answering.shared import receipt_context, receipt_file, too_many_tries
from surveys.dates import on_every_clock
from surveys.landing import dates
from surveys.lifecycle import erase_draft, withdraw
from surveys.methods import takes_form
from surveys.models import Response
from surveys.notices import read_by_sender
from surveys.printing import copy_of_response
from surveys.progress import progress
from surveys.qr import qr_code


@own_page
@require_safe
def citizen_saved(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The personal link to a draft."""
    if not response.is_draft:
        return redirect("citizen_receipt", response.reference, secret)
    consultation = response.version.consultation
    countries = list(consultation.programme.countries.all())
    ctx = {
        **_personal_link(request, "citizen_draft", response, secret),
        **dates(consultation),
        "questionnaire": response.questionnaire,
        "saved_on": on_every_clock(response.changed_at, countries),
        "erased_on": on_every_clock(consultation.drafts_are_erased_at(), countries),
    }
    return render(request, "surveys/answering/citizen_saved.html", ctx)


@own_page
@takes_form
def citizen_erase(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """Delete the draft now; then it is gone."""
    if request.method != "POST" or is_cross_site(request) or not erase_draft(response):
        return redirect("citizen_saved", response.reference, secret)
    return render(request, "surveys/answering/citizen_erased.html")


def _personal_link(
    request: HttpRequest, name: str, response: Response, secret: str
) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse(name, args=[response.reference, secret]))
    return {
        "reference": response.reference,
        "secret": secret,
        "secret_groups": [secret[i : i + 4] for i in range(0, len(secret), 4)],
        "personal_link": address,
        "qr_code": qr_code(address),
    }


@own_page
@require_safe
@once_sent
def citizen_receipt(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    return receipt_page(request, response, secret)


def receipt_page(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    consultation = response.version.consultation
    ctx = {
        "consultation": consultation,
        "programme": consultation.programme,
        **receipt_context(response),
        **_personal_link(request, "citizen_receipt", response, secret),
        "can_change": consultation.takes(None),
        **dates(consultation),
    }
    return render(request, "surveys/receipt.html", ctx)


@own_page
@require_safe
@once_sent
def citizen_answers(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """What was sent, to read and to print."""
    version = response.version
    ctx = {
        **receipt_context(response),
        "secret": secret,
        "progress": progress(version, response.answers),
        "notice_read": read_by_sender(response),
        "print_code": version.print_code(get_language() or ""),
    }
    return render(request, "surveys/answering/citizen_answers.html", ctx)


@own_page
@require_safe
@once_sent
@papers_are_limited
def citizen_copy(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The same as a PDF."""
    return pdf_response(copy_of_response(response), f"{response.reference}.pdf")


@own_page
@require_safe
@once_sent
def citizen_proof(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The receipt file: the answers, the salt, and the proof that they are in the public list."""
    return receipt_file(response)


@own_page
@takes_form
@once_sent
def citizen_withdraw(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """What withdrawing deletes and what remains; then it is done."""
    ctx = receipt_context(response) | {"secret": secret}
    if request.method == "POST" and not is_cross_site(request):
        withdraw(response)
        return redirect("citizen_receipt", response.reference, secret)
    return render(request, "surveys/answering/citizen_withdraw.html", ctx)


@csrf_exempt
@unkept
@takes_form
def citizen_return(request: HttpRequest) -> HttpResponse:
    """Back to one's answers with the reference and the code from paper."""
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reference, secret = form.cleaned_data["reference"], form.cleaned_data["code"]
        try:
            found = get_own_response(request, reference, secret)
        except TooManyTries:
            return too_many_tries(request)
        if found:
            return redirect("citizen_receipt", reference, secret)
        form.add_error(
            None,
            _(
                "We cannot find answers with this reference and this code. Check both, or open "
                "your personal link. Drafts are erased some time after closing"
            ),
        )
    status = 422 if form.is_bound else 200
    return render(request, "surveys/answering/citizen_return.html", {"form": form}, status=status)
