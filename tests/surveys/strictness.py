"""What an answer lacks that keeps a browser safe, and what a page holds that it would refuse."""

import re
from html.parser import HTMLParser

from django.conf import settings

POLICY = {
    **{"default-src": "'none'", "object-src": "'none'", "base-uri": "'none'"},
    **{"script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'"},
    **{"connect-src": "'self'", "frame-src": "'self'", "form-action": "'self'"},
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SUSPICIOUS = re.compile(r"<style|<script|\s(?:style|on[a-z]+)\s*=|javascript:", re.IGNORECASE)


class Inline(HTMLParser):
    """Finds what a browser refuses: styles, scripts and handlers that stand in the page itself."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        is_data = "src" in values or values.get("type") == "application/json"
        if tag == "style" or (tag == "script" and not is_data):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in values if name == "style" or name[:2] == "on"]
        self.found += [
            f"{tag} {name}"
            for name, value in attrs
            if name in ("href", "src", "action", "formaction")
            and (value or "").strip().lower().startswith(("javascript:", "data:text"))
        ]


def inline(page):
    """What of that is in the page. Most pages hold nothing that looks like it."""
    if not SUSPICIOUS.search(page):
        return []
    parser = Inline()
    parser.feed(page)
    return parser.found


def policy_of(answer):
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    return dict(part.split(maxsplit=1) for part in parts if part.strip())


def unsafe(answer):
    """In words; nothing where all is as it should be."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if policy_of(answer) != POLICY:
        found.append("Content-Security-Policy")
    if answer.cookies and "private" not in answer.headers.get("Cache-Control", ""):
        found.append(f"a cache may keep {[*answer.cookies]}")
    found += [f"no page would see {name}" for name in answer.cookies.keys() - settings.OWN_COOKIES]
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        found += _unsafe_document(answer)
    return found


def _unsafe_document(answer):
    found = [] if answer.streaming else inline(answer.content.decode())
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    return found
