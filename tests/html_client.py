"""A respondent who knows only HTML: forms are found and filled by what the markup says."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

WORDS = 'Ștefan a zis: „podul" mai repede.\nЂорђе: брже преко границе, čekanje < 5 min & gotovo. '

# It stands in a paragraph that is hidden from people.
TRAP = "website"


@dataclass
class Control:
    name: str
    type: str
    value: str = ""
    maxlength: int | None = None
    required: bool = False
    fieldset: int = 0
    options: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The links of a page and the controls of its first form that is posted."""

    def __init__(self, html):
        super().__init__()
        self.links = []
        self.controls = []
        self._forms = 0
        self._in_form = False
        self._fieldsets = 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        if tag == "form" and attributes.get("method") == "post":
            self._forms += 1
            self._in_form = self._forms == 1
        if not self._in_form:
            return
        if tag == "fieldset":
            self._fieldsets += 1
        elif attributes.get("name") == TRAP:
            return
        elif tag in ("input", "select", "textarea") and attributes.get("name"):
            self.controls.append(self._control(tag, attributes))
        elif tag == "option":
            self.controls[-1].options.append(attributes.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._in_form = False

    def _control(self, tag, attributes):
        maxlength = attributes.get("maxlength")
        return Control(
            name=attributes["name"],
            type=attributes.get("type", "text") if tag == "input" else tag,
            value=attributes.get("value", "on"),
            maxlength=int(maxlength) if maxlength else None,
            required="required" in attributes,
            fieldset=self._fieldsets,
        )


def fill(page, variant=0):
    """What a person could enter: control name → list of values. `variant` varies the choices."""
    entered = {}
    chosen_in = {}
    for control in page.controls:
        if control.type == "hidden":
            entered[control.name] = [control.value]
        elif control.type == "select":
            # Different answers for the drop-down lists that stand in one fieldset.
            rank = chosen_in[control.fieldset] = chosen_in.get(control.fieldset, 0) + 1
            choices = [option for option in control.options if option]
            entered[control.name] = [choices[(variant + rank) % len(choices)]]
        elif control.type in ("textarea", "text"):
            entered[control.name] = [(WORDS * 20)[: control.maxlength]]
    for name in dict.fromkeys(c.name for c in page.controls if c.type in ("radio", "checkbox")):
        values = [control.value for control in page.controls if control.name == name]
        is_radio = next(c.type for c in page.controls if c.name == name) == "radio"
        first = variant % len(values)
        entered[name] = values[first : first + 1] if is_radio else values[:2]
    return entered
