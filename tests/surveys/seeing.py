"""What a form carries of what it was made from."""

import re

SEEN = re.compile(r'name="seen" value="(\w+)"')


def seen_on(answer):
    """As a browser would send it on from this page."""
    return {"seen": SEEN.search(answer.content.decode())[1]}


def stored_beside(answer):
    """What the page says is stored now, as plain words."""
    told = re.search(r'id="stored-now".*?</section>', answer.content.decode(), re.DOTALL)
    return [
        " ".join(re.sub(r"<[^>]+>", "", each).split())
        for each in re.findall(r"<d[td]>(.*?)</d[td]>", told[0], re.DOTALL)
    ]
