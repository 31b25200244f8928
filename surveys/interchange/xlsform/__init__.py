"""XLSForm, the spreadsheet standard of ODK and KoBo: one version of a questionnaire in and out.

What the standard has no column for stands in columns whose headings begin with `listens_`, which
other tools leave alone. See https://xlsform.org/en/ref-table/.
"""

from surveys.interchange.xlsform.reading import ReadForm, read_xlsform
from surveys.interchange.xlsform.writing import write_xlsform

__all__ = ["ReadForm", "read_xlsform", "write_xlsform"]
