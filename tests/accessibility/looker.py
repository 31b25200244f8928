"""Looking at a page as a browser shows it, on every width, and writing down what axe-core says."""

from dataclasses import dataclass, field

from django.conf import settings

from tests.browser.looking import AXE, BROKEN_IDS, SCROLLS_SIDEWAYS

WIDTHS = (1280, 360)
# The least width that WCAG asks a page to fit on.
NARROWEST = 320
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = f"""async () => {{
    const found = await axe.run({{runOnly: {TAGS}}});
    const brief = rules => rules.map(rule => ({{
        rule: rule.id, tags: rule.tags, places: rule.nodes.map(node => node.html)
    }}));
    return {{
        passes: found.passes.length,
        violations: brief(found.violations),
        incomplete: brief(found.incomplete),
    }};
}}"""
OPEN_DETAILS = "document.querySelectorAll('main details').forEach(each => each.open = true)"
OWN_RULES = {"reflow": "1.4.10", "ids": "1.3.1"}
"""What axe-core does not look for: pages wider than the screen, ids that lead nowhere."""


@dataclass(frozen=True)
class Wrong:
    """What a rule says of one view. `undecided`: a tool cannot tell, a person should look."""

    rule: str
    criterion: str
    places: int
    undecided: bool = False


@dataclass(frozen=True)
class View:
    """One page, named after its URL, in one state, language and width."""

    page: str
    state: str
    language: str
    width: int
    checks: int
    wrong: list[Wrong]


@dataclass
class Looker:
    """A browser of somebody who reads one language. `seen` are the views so far."""

    browser: object
    address: str
    language: str
    seen: list[View] = field(default_factory=list)

    def __post_init__(self):
        self.contexts = []
        self.somebody_else()

    def somebody_else(self, cookie=""):
        """A new browser: of a stranger, or of whoever has this session."""
        context = self.browser.new_context(base_url=self.address, reduced_motion="reduce")
        self.contexts.append(context)
        if cookie:
            named = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.address}
            context.add_cookies([named])
        self.page = context.new_page()
        self._wide()

    def close(self):
        for context in self.contexts:
            context.close()

    def go(self, path, status=200):
        answer = self.page.goto(path if path[:1] == "/" else f"/{self.language}/{path}")
        assert answer.status == status, f"{path} is answered {answer.status}"

    def at(self, page, path, state="", status=200):
        """Go there and look."""
        self.go(path, status)
        self.now(page, state)

    def press(self, selector="main form .button >> nth=0"):
        with self.page.expect_navigation():
            self.page.click(selector)

    def now(self, page, state=""):
        """Look at what is shown, on every width."""
        self.page.wait_for_load_state()
        self.page.evaluate(OPEN_DETAILS)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.seen.append(self._view(page, state or "as it opens", width))
        self._wide()

    def _wide(self):
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def _view(self, page, state, width):
        own = self._own_rules(width)
        # Sent by the debugger, so the page's own content security policy stays in force.
        self.page.evaluate(AXE)
        found = self.page.evaluate(RUN)
        sure, unsure = found["violations"], found["incomplete"]
        wrong = [
            *own,
            *(_wrong(row, self._told(page, state, width, row)) for row in sure),
            *(_wrong(row, True) for row in unsure),
        ]
        checks = len(OWN_RULES) + found["passes"] + len(sure) + len(unsure)
        return View(page, state, self.language, width, checks, wrong)

    def _own_rules(self, width):
        broken = self.page.evaluate(BROKEN_IDS)
        sideways = self.page.evaluate(SCROLLS_SIDEWAYS)
        if width == min(WIDTHS):
            self.page.set_viewport_size({"width": NARROWEST, "height": 900})
            sideways = sideways or self.page.evaluate(SCROLLS_SIDEWAYS)
            self.page.set_viewport_size({"width": width, "height": 900})
        places = {"reflow": int(sideways), "ids": len(broken)}
        return [Wrong(rule, OWN_RULES[rule], n) for rule, n in places.items() if n]

    def _told(self, page, state, width, row):
        """Where it is, for whoever mends it."""
        for html in row["places"]:
            print(f"  {page}, {state}, {self.language}, {width}: {row['rule']}: {html[:200]}")
        return False


def _wrong(row, undecided):
    return Wrong(row["rule"], criterion_of(row["tags"]), len(row["places"]), undecided)


def criterion_of(tags):
    """The number of WCAG among axe-core's tags: `wcag1410` is 1.4.10."""
    number = next(t[4:] for t in tags if t[:4] == "wcag" and t[4:].isdigit() and len(t) > 6)
    return f"{number[0]}.{number[1]}.{number[2:]}"
