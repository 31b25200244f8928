"""What is behind the number that a page of an error showed its visitor."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.faults import found
from surveys.staff_pages import render_page, staff_page


@require_safe
@staff_page("surveys.view_fault")
def errors(request: HttpRequest) -> HttpResponseBase:
    """A field for the number, and what is known of it."""
    number = request.GET.get("number", "").strip()
    ctx = {"number": number[:40], "faults": found(number) if number else []}
    return render_page(request, "errors", _("Errors"), ctx)
