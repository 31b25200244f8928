"""Typing in what came on paper, by phone and from meetings."""
