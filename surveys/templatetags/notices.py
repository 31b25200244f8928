"""Texts of a notice: paragraphs and links, and what is to be filled in marked as such."""

from django import template
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from surveys.notices import PLACEHOLDER

register = template.Library()


@register.filter
def notice_text(text: object) -> SafeString:
    """Escaped paragraphs; a placeholder stands in <mark>, with its brackets."""
    escaped = linebreaks(urlize(str(text), autoescape=True))
    marked = PLACEHOLDER.sub(r"<mark>[\1]</mark>", escaped)
    return mark_safe(marked)  # noqa: S308 - escaped above; the pattern adds one element
