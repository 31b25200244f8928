"""The privacy notice of a consultation's folder: `privacy.yaml`."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from surveys.models import Consultation, PrivacyNotice
from surveys.notices import with_periods


def load_notice(
    consultation: Consultation, row: dict[str, Any], *, overwrite: bool
) -> Iterator[str]:
    """Publish what the file says, unless it was published before or staff have begun a draft.

    Where staff have published a version of their own, it stays, unless it is to be overwritten.

    Placeholders may be left, as nobody could read any notice otherwise; the desk lists them.
    """
    digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
    notices = consultation.privacy_notices
    loaded = notices.published().filter(digest=digest).order_by("-number").first()
    if loaded:
        yield f"privacy notice: unchanged, version {loaded.number}"
        return
    last = notices.order_by("-number").first()
    if last and not last.published_at:
        yield "privacy notice: not loaded, since the desk has a draft"
        return
    if last and not last.digest and not overwrite:
        yield f"privacy notice: not loaded, since the desk has published version {last.number}"
        return
    made = PrivacyNotice.objects.create(
        consultation=consultation,
        number=last.number + 1 if last else 1,
        short=row["short"],
        sections=with_periods([_section(section) for section in row["sections"]]),
        changes=row["changes"],
        is_material=row.get("is_material") == "true",
        digest=digest,
        published_at=timezone.now(),
    )
    yield f"privacy notice: published version {made.number}"


def _section(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: row[key] for key in ("name", "heading", "text")}
    periods = [
        {key: period[key] for key in ("what", "setting", "until")}
        for period in row.get("periods", [])
    ]
    return kept | ({"periods": periods} if periods else {})
