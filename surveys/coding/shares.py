"""Which answers are coded twice: drawn by lot, and the same however often it is drawn."""

from typing import Any

from django.utils.crypto import salted_hmac

from surveys.models import Coding, CodingFrame, Uncoded


def is_coded_twice(frame: CodingFrame, response_id: Any) -> bool:
    """Decided by a keyed hash of frame and response, which nobody at the desk can foresee."""
    drawn = salted_hmac("surveys.coding", f"{frame.pk} {response_id}", algorithm="sha256")
    return int.from_bytes(drawn.digest()[:4]) % 10_000 < frame.double_percent * 100


def share_again(frame: CodingFrame) -> None:
    """Let those wait for a second coder who are drawn by the frame's present share."""
    frame.uncoded.filter(turn=Coding.Turn.SECOND).delete()
    stale = frame.uncoded.filter(turn=Coding.Turn.FIRST).values("response")
    second = frame.codings.filter(turn=Coding.Turn.SECOND).values("response")
    first = frame.codings.filter(turn=Coding.Turn.FIRST, response__state="sent")
    Uncoded.objects.bulk_create(
        (
            Uncoded(frame=frame, response_id=response, turn=Coding.Turn.SECOND, not_by_id=coder)
            for response, coder in first.exclude(response__in=stale)
            .exclude(response__in=second)
            .values_list("response", "coder")
            if is_coded_twice(frame, response)
        ),
        batch_size=5000,
    )
