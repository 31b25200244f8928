"""What a page's form holds, as a browser would send it."""

from html.parser import HTMLParser

SENT_BY_OURSELVES = ("key", "csrfmiddlewaretoken", "choose", "save", "switch")


class _Form(HTMLParser):
    def __init__(self, html, form_id):
        super().__init__(convert_charrefs=True)
        self.form_id = form_id
        self.entries = []
        self._is_inside = False
        self._select = self._textarea = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form" and found.get("method") == "post":
            self._is_inside = self.form_id in (None, found.get("id"))
        if not self._is_inside:
            return
        name = found.get("name")
        if tag == "input" and name:
            if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                self.entries.append((name, found.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.entries.append((self._select, found.get("value", "")))
        elif tag == "textarea":
            self._textarea = (name, "")

    def handle_data(self, data):
        if self._textarea:
            name, words = self._textarea
            # A line end right after the tag is the parser's, not the text's.
            first = data[1:] if not words and data.startswith("\n") else data
            self._textarea = (name, words + first)

    def handle_endtag(self, tag):
        if tag == "textarea" and self._textarea:
            self.entries.append(self._textarea)
            self._textarea = None
        elif tag == "form":
            self._is_inside = False


def entries(html, form_id="answers"):
    """All it would send: control name → list of values."""
    sent = {}
    for name, value in _Form(html, form_id).entries:
        sent.setdefault(name, []).append(value)
    return sent


def shown(html, form_id="answers"):
    """Of these, what a respondent entered: without empty controls and our own hidden ones."""
    return {
        name: [value for value in values if value]
        for name, values in entries(html, form_id).items()
        if name not in SENT_BY_OURSELVES and any(values)
    }
