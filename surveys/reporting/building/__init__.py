"""From released tables to the content of a report, in the active language."""

from surveys.reporting.building.building import build

__all__ = ["build"]
