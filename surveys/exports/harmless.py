"""Words that a spreadsheet must not take for a formula."""

import re

FORMULA = r"^'*(?:[\s\u00a0\ufeff]*[-=+@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
"""What it would take for the start of one, after spaces of any kind. For Python and PostgreSQL.

So is the same after apostrophes, or `=1` and `'=1` would be one cell: whoever takes one apostrophe
away where such a start is left has the words again.
"""


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would calculate."""
    return f"'{cell}" if re.match(FORMULA, cell) else cell
