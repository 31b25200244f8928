"""The site."""

VERSION = "0.1.0"
"""Of the software, as pyproject.toml has it."""
