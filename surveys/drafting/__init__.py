"""Authoring: the draft of a version, its questions and translations, and publishing it."""
