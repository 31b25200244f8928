"""Comparing what is written on a page with numbers."""

NOT_SHOWN = {"not shown", "–"}


def number(n):
    return f"{n:,}"


def percent(share):
    return "<1%" if 0 < share < 0.005 else f"{round(100 * share)}%"


def decimal(value):
    return f"{value:,.1f}"


def text(element):
    return " ".join(element.text_content().split())


class Compared:
    """Counts what was compared, and what is not shown."""

    def __init__(self):
        self.same = self.hidden = 0

    def __call__(self, where, shown, again):
        if shown in NOT_SHOWN or shown == "":
            self.hidden += 1
            return
        assert shown == again, (*where, shown, again)
        self.same += 1

    def all(self, where, shown, again):
        for position, pair in enumerate(zip(shown, again, strict=True)):
            self((*where, position), *pair)


def common_share(found, code):
    """Beside a choice a ranking is told by who gave the answer any rank."""
    if found.ranked:
        return found.ranked[code] / found.base if found.base else 0
    return found.share.get(code) or 0
