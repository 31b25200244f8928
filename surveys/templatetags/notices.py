"""Texts of a notice: paragraphs and links, and what is to be filled in marked as such."""

import re

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from surveys.notices import PLACEHOLDER
from surveys.templatetags.links import linked

register = template.Library()


@register.filter
def notice_text(text: object) -> SafeString:
    """Escaped paragraphs; a placeholder stands in <mark>, with its brackets."""
    paragraphs = re.split(r"\n\s*\n", str(text).strip())
    return format_html_join("\n", "<p>{}</p>", ((_paragraph(each),) for each in paragraphs))


def _paragraph(text: str) -> SafeString:
    # What was split off stands between what was not.
    parts = enumerate(PLACEHOLDER.split(text))
    return format_html_join(
        "", "{}", ((_marked(part) if i % 2 else _with_lines(part),) for i, part in parts)
    )


def _marked(placeholder: str) -> SafeString:
    return format_html("<mark>[{}]</mark>", placeholder)


def _with_lines(text: str) -> SafeString:
    return linebreaksbr(linked(text))
