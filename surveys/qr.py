"""QR codes as SVG, drawn into the page."""

import segno
from django.utils.safestring import SafeString

# Each of the eight masks can be read. To try all and take the nicest is most of a receipt's time.
MASK = 0


def qr_code(text: str) -> SafeString:
    """An SVG element that a phone's camera reads. Its surroundings say in words what it is."""
    svg = segno.make(text, error="m", micro=False, mask=MASK).svg_inline(
        scale=4, border=4, omitsize=True, svgclass="qr-code", lineclass=None
    )
    return SafeString(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))
