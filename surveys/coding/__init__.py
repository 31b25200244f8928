"""Applying codes to open answers, once or twice, and how far coders agree."""
