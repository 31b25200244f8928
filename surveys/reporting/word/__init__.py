"""A report as a Word document."""

from surveys.reporting.word.writing import docx

__all__ = ["docx"]
