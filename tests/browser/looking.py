"""What is wrong with a page that a browser shows."""

from pathlib import Path

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
BROKEN_IDS = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `twice: ${id}`);
    const missing = ["aria-describedby", "aria-labelledby", "for", "form", "href"].flatMap(name =>
        [...document.querySelectorAll(`[${name}]`)]
            .map(element => element.getAttribute(name))
            .filter(value => name !== "href" || (value.startsWith("#") && value.length > 1))
            .flatMap(value => value.replace(/^#/, "").split(/\\s+/))
            .filter(id => id && !ids.includes(id))
            .map(id => `${name} leads nowhere: ${id}`));
    return [...twice, ...missing];
}"""


def wrong_with(page):
    """A line for each thing that is wrong: its width, its ids, what axe-core finds."""
    # A click is over as soon as the answer begins to come.
    page.wait_for_load_state()
    sideways = ["scrolls sideways"] if page.evaluate(SCROLLS_SIDEWAYS) else []
    # Last, since it tries what a strict policy refuses.
    return [*sideways, *page.evaluate(BROKEN_IDS), *axe(page)]


def axe(page):
    """A line for each element that axe-core finds wrong."""
    # Sent by the debugger, so the page's own content security policy stays in force.
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
