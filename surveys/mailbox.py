"""Where e-mails can be read while the site is being tried out and none is really sent."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from surveys.models import Message

NEWEST = 100


def _refuse_elsewhere() -> None:
    if not (settings.DEBUG and settings.MAILBOX):
        raise Http404("The mailbox exists only where no e-mail is really sent")


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest e-mails of the outbox."""
    _refuse_elsewhere()
    ctx = {"messages_out": Message.objects.order_by("-pk")[:NEWEST]}
    return render(request, "surveys/mailbox.html", ctx)


@require_safe
def mailbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    _refuse_elsewhere()
    ctx = {"message": get_object_or_404(Message, pk=pk)}
    return render(request, "surveys/mailbox_message.html", ctx)


@require_safe
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type] # the decorator's types forget that views have arguments
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]}
)
def mailbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Its HTML, for a frame: the styles in it would be refused on a page of the site."""
    _refuse_elsewhere()
    return HttpResponse(get_object_or_404(Message, pk=pk).html)
