"""What Prometheus reads at `/metrics`. Nothing there is about one visitor."""

import hmac
import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as written
from prometheus_client.multiprocess import MultiProcessCollector

from consultation.sharing import NAME
from surveys.gauges import GaugesCollector

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
REQUESTS = Counter(
    "consultation_requests_total",
    "Requests, by name of the page",
    ("page", "method", "status"),
)
DURATION = Histogram(
    "consultation_request_seconds",
    "Time until a request was answered, without waiting for its turn",
    ("method",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
UNAVAILABLE = Counter(
    "consultation_unavailable_total",
    "Pages that asked to send again, by reason: database or load",
    ("reason",),
)


def known(method: str | None) -> str:
    """A method, or `other`: visitors may send any word as one."""
    return method if method in METHODS else "other"


def count(page: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(page, method, f"{status // 100}xx").inc()
    DURATION.labels(method).observe(seconds)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All of it for who knows METRICS_TOKEN; for others there is no such page."""
    if not _is_allowed(request):
        raise Http404
    gauges = CollectorRegistry()
    gauges.register(GaugesCollector())
    body = written(_counts()) + written(gauges)
    return HttpResponse(body, CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _is_allowed(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.META.get("HTTP_AUTHORIZATION", "").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, expected)


def _counts() -> CollectorRegistry:
    """Of all workers, where they share what they count."""
    if not os.environ.get(NAME):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
