"""Tallies: how many responses say what, kept up to date without ever counting all of them.

A trigger notes each change of a response that counts (`surveys/models/noting.py`); `folding` takes
the notes and moves the tallies, in one statement; `reading` gives them as tables.
"""
