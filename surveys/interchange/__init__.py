"""Questionnaires and translations as files of other tools: in and out."""
