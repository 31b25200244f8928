"""What an answer lacks that keeps a browser safe, and what a page holds that it would refuse."""

import re

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
INLINE = re.compile(
    r"<style\b"
    r"|<script\b(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")"
    r"|<\w[^<>]*\s(?:style|on[a-z]+)\s*="
    r"|[\"']javascript:",
    re.IGNORECASE,
)


def policy_of(answer):
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    return dict(part.split(maxsplit=1) for part in parts if part.strip())


def unsafe(answer):
    """In words; nothing where all is as it should be."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if policy_of(answer) != POLICY:
        found.append("Content-Security-Policy")
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if answer.cookies and "private" not in answer.headers.get("Cache-Control", ""):
        found.append(f"a cache may keep {[*answer.cookies]}")
    if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
        found += INLINE.findall(answer.content.decode())
    return found
