"""The public record: in words, as files to download, and a page that checks receipts."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from surveys.current import current_consultation
from surveys.dates import on_every_clock
from surveys.ledger import reading
from surveys.ledger.batches import takes_all_from
from surveys.ledger.checking import TOO_LARGE, NotReadable, check
from surveys.ledger.forms import MOST_BYTES, CheckForm
from surveys.ledger.notes import origin, public_key_line
from surveys.ledger.receipts import grouped, shown_code
from surveys.methods import takes_form
from surveys.models import Checkpoint

DOCS = settings.BASE_DIR / "docs"
LATEST = 10
MOST_OF_A_FORM = 2 * MOST_BYTES

# What is said of a size is said for good.
forever = cache_control(public=True, max_age=31_536_000, immutable=True)
unkept = cache_control(private=True, no_store=True)


def get_checkpoint(size: int) -> Checkpoint:
    """The current consultation's checkpoint of that size, or 404."""
    return get_object_or_404(Checkpoint, consultation=current_consultation(), size=size)


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What the record is, what is in it now, and everything to check it with."""
    consultation = current_consultation()
    countries = list(consultation.programme.countries.all())
    found = reading.summary(consultation)
    latest = Checkpoint.objects.filter(consultation=consultation).order_by("-size")[:LATEST]
    ctx = {
        "record": found,
        "root": grouped(found.root),
        "latest": [
            (each, on_every_clock(each.made_at, countries), shown_code(bytes(each.root).hex()))
            for each in latest
        ],
        "public_key": public_key_line(origin(consultation)),
        "at_the_latest": on_every_clock(takes_all_from(consultation), countries),
        "grows_until": on_every_clock(reading.can_grow_until(consultation), countries),
    }
    return render(request, "surveys/record.html", ctx)


@csrf_exempt
@unkept
@takes_form
def record_check(request: HttpRequest) -> HttpResponse:
    """Look up a commitment, check a receipt. It changes nothing and keeps nothing."""
    consultation = current_consultation()
    if _is_too_large(request):
        return _check_page(request, CheckForm(), 413, links=[("id_file", TOO_LARGE)])
    is_post = request.method == "POST"
    form = CheckForm(*((request.POST, request.FILES) if is_post else ()))
    if not form.is_valid():
        return _check_page(request, form, 422 if is_post else 200)
    try:
        findings = check(form.cleaned_data["brought"], consultation)
    except NotReadable as error:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", str(error))
        return _check_page(request, form, 422)
    return _check_page(request, form, findings=findings)


def _is_too_large(request: HttpRequest) -> bool:
    """Whether a form would not stay in memory; then it is not read at all."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > MOST_OF_A_FORM


def _check_page(
    request: HttpRequest, form: CheckForm, status: int = 200, **ctx: Any
) -> HttpResponse:
    ctx = {"form": form, "links": form.error_links(), **ctx}
    return render(request, "surveys/record_check.html", ctx, status=status)


def _text(blocks: Iterator[bytes], name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        blocks,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@forever
@require_safe
def record_list(request: HttpRequest, size: int) -> StreamingHttpResponse:
    return _text(reading.list_blocks(get_checkpoint(size)), f"list-{size}.txt")


@require_safe
def record_states(request: HttpRequest, size: int) -> StreamingHttpResponse:
    """As things are now."""
    answer = _text(reading.state_blocks(get_checkpoint(size)), f"states-{size}.txt")
    answer["Cache-Control"] = "no-store"
    return answer


@forever
@require_safe
def record_checkpoint(request: HttpRequest, size: int) -> StreamingHttpResponse:
    note = get_checkpoint(size).note.encode()
    return _text(iter([note]), f"checkpoint-{size}.txt")


@require_safe
def record_checkpoints(request: HttpRequest) -> StreamingHttpResponse:
    """All of them, for whoever keeps copies."""
    return _text(reading.checkpoint_blocks(current_consultation()), "checkpoints.txt")


@require_safe
def record_specification(request: HttpRequest) -> FileResponse:
    return _document("recorded-as-counted.md")


@require_safe
def record_verifier(request: HttpRequest) -> FileResponse:
    """The program that checks, which shares no code with this site."""
    return _document("verifier/verify.py", as_attachment=True)


def _document(path: str, *, as_attachment: bool = False) -> FileResponse:
    file = (DOCS / path).open("rb")
    kind = "text/plain; charset=utf-8"
    return FileResponse(file, as_attachment=as_attachment, content_type=kind)
