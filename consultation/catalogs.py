"""Compile the message catalogs, and derive the Serbian Latin one from the Cyrillic.

A wrong derived text is put right in `locale/sr_Latn/overrides.po`.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib

from surveys import serbian

PLACEHOLDER_OR_TAG = re.compile(r"(<[^<>]*>|%\([^()]*\)[a-z]|\{[^{}]*\})")


def compile_stale(locale: Path) -> Iterator[Path]:
    """Write the `.mo` files that are older than what they are made from; yield their paths."""
    for po in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        if _is_stale(mo, po):
            yield _write(polib.pofile(str(po)), mo)

    cyrillic = locale / "sr" / "LC_MESSAGES" / "django.po"
    overrides = locale / "sr_Latn" / "overrides.po"
    latin = locale / "sr_Latn" / "LC_MESSAGES" / "django.mo"
    rules = Path(serbian.__file__), Path(__file__)
    if cyrillic.exists() and _is_stale(latin, cyrillic, overrides, *rules):
        corrections = polib.pofile(str(overrides)) if overrides.exists() else polib.POFile()
        yield _write(derive_latin(polib.pofile(str(cyrillic)), corrections), latin)


def derive_latin(catalog: polib.POFile, overrides: polib.POFile) -> polib.POFile:
    """Write `catalog` in Latin letters, with the texts of `overrides` where it has any."""
    catalog.metadata["Language"] = "sr_Latn"
    for entry in catalog:
        entry.msgstr = to_latin(entry.msgstr)
        entry.msgstr_plural = {n: to_latin(text) for n, text in entry.msgstr_plural.items()}
    for override in overrides.translated_entries():
        derived = catalog.find(override.msgid, msgctxt=override.msgctxt)
        if derived:
            catalog.remove(derived)
        catalog.append(override)
    return catalog


def to_latin(message: str) -> str:
    """Transliterate what is read, not the placeholders and tags around it."""
    parts = PLACEHOLDER_OR_TAG.split(message)
    parts[::2] = [serbian.to_latin(text) for text in parts[::2]]
    return "".join(parts)


def _is_stale(target: Path, *sources: Path) -> bool:
    if not target.exists():
        return True
    made = target.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns >= made for source in sources if source.exists())


def _write(catalog: polib.POFile, mo: Path) -> Path:
    # Put in place at once: several test processes compile side by side.
    mo.parent.mkdir(parents=True, exist_ok=True)
    unfinished = mo.with_suffix(f".{os.getpid()}.unfinished")
    catalog.save_as_mofile(str(unfinished))
    unfinished.replace(mo)
    return mo
