"""Addresses that staff write in texts are links, and no sign beside them is lost."""

import pytest

from surveys.templatetags.links import linked

A = '<a href="https://example.org/a" rel="nofollow">https://example.org/a</a>'
WIKI = "https://ro.wikipedia.org/wiki/Timiș_(județ)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see (https://example.org/a), and", f"see ({A}), and"),
        ("(https://example.org/a).", f"({A})."),
        ("[https://example.org/a]; then", f"[{A}]; then"),
        ("(see https://example.org/a)!", f"(see {A})!"),
        ("https://example.org/a, and (more).", f"{A}, and (more)."),
        ("<b> & (https://example.org/a):", f"&lt;b&gt; &amp; ({A}):"),
        (
            "(ana@example.org), or",
            '(<a href="mailto:ana@example.org">ana@example.org</a>), or',
        ),
        ("a (b).c", "a (b).c"),
    ],
)
def test_what_follows_a_link_in_brackets_stays(text, shown):
    assert linked(text) == shown


@pytest.mark.parametrize("after", ["", ",", ".", "; and"])
def test_an_address_that_ends_with_a_bracket_keeps_it(after):
    assert f">{WIKI}</a>{after}" in linked(f"see {WIKI}{after}")
