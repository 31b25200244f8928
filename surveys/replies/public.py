"""What the public reads of replies, and asking to be told of them."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from surveys.answering.again import is_cross_site
from surveys.answering.opened import unkept
from surveys.answering.shared import too_many_tries
from surveys.current import current_consultation
from surveys.landing import passages_by_slot
from surveys.methods import takes_form
from surveys.models import Reply, Subscriber
from surveys.rate_limits import SUBSCRIPTIONS
from surveys.replies.forms import SubscribeForm
from surveys.replying import PublicReply, public_replies
from surveys.subscribing import confirm, subscribe, to_confirm, to_leave, unsubscribe
from surveys.tabulation.small_cells import SMALL


@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """What people said, and what becomes of it; `?status=` shows those of one status."""
    consultation = current_consultation()
    everything = public_replies(consultation)
    chosen = request.GET.get("status", "")
    shown = [reply for reply in everything if chosen in ("", reply.words.status)]
    if chosen and chosen not in Reply.Status.values:
        raise Http404("There is no such status")
    ctx = {
        "replies": shown,
        "filters": list(_filters(everything, chosen)),
        "is_empty": not everything,
        "promise": passages_by_slot(consultation).get("replies", []),
        "fewest": SMALL,
        "form": SubscribeForm(),
    }
    return render(request, "surveys/replies/replies.html", ctx)


def _filters(everything: list[PublicReply], chosen: str) -> Any:
    """A link for each status that some reply has, with their number."""
    counts = Counter(reply.words.status for reply in everything)
    page = reverse("replies")
    yield {"url": page, "status": "", "number": len(everything), "is_current": not chosen}
    for status, label in Reply.Status.choices:
        if counts[status] or status == chosen:
            yield {
                "url": f"{page}?status={status}",
                "status": label,
                "number": counts[status],
                "is_current": status == chosen,
            }


# There is no cookie on public pages, so no token to compare: browsers tell who sends a form.
@csrf_exempt
@unkept
@takes_form
def replies_subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for e-mails. What follows is the same whether the address is known or not."""
    consultation = current_consultation()
    is_sent = request.method == "POST" and not is_cross_site(request)
    form = SubscribeForm(request.POST if is_sent else None)
    if form.is_valid():
        if not SUBSCRIPTIONS.lets(request):
            return too_many_tries(request)
        email, language = form.cleaned_data["email"], get_language() or "en"
        subscribe(consultation, email, language, timezone.now())
        return redirect(reverse("replies_subscribe") + "?asked")
    ctx = {"form": form, "was_asked": "asked" in request.GET and not is_sent}
    status = 422 if form.is_bound else 200
    return render(request, "surveys/replies/replies_subscribe.html", ctx, status=status)


Page = Callable[[HttpRequest, Subscriber], HttpResponse]


def by_link(find: Callable[[str], Subscriber | None]) -> Callable[[Page], Any]:
    """A page that a link in an e-mail opens. GET shows it, as mail programmes follow links too.

    The signature in the address says who sends; mail programmes post without having been here.
    """

    def decorate(page: Page) -> Any:
        @csrf_exempt
        @unkept
        @takes_form
        @wraps(page)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            subscriber = find(token)
            if subscriber is None:
                return render(request, "surveys/replies/unknown_link.html", status=404)
            return page(request, subscriber)

        return opened

    return decorate


@by_link(to_confirm)
def replies_confirm(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Confirm the address."""
    if request.method == "POST":
        confirm(subscriber, timezone.now())
        subscriber.refresh_from_db()
    ctx = {"subscriber": subscriber}
    return render(request, "surveys/replies/replies_confirm.html", ctx)


@by_link(to_leave)
def replies_unsubscribe(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Forget the address."""
    email = subscriber.email
    if request.method == "POST":
        unsubscribe(subscriber)
    ctx = {"email": email, "is_gone": request.method == "POST"}
    return render(request, "surveys/replies/replies_unsubscribe.html", ctx)
