"""Addresses in texts become links."""

import re

from django import template
from django.template.defaultfilters import urlize
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

# Django's own filter loses what follows a bracket behind an address, as in “(example.org), which”.
AFTER_A_BRACKET = re.compile(r"(?<=[)\]])(?=[.,:;!]+(?:\s|$))")


@register.filter
def linked(text: object) -> SafeString:
    """Escaped words, with a link for each address of a page or a mailbox."""
    parts = AFTER_A_BRACKET.split(str(text))
    return format_html_join("", "{}", ((urlize(part, autoescape=True),) for part in parts))
