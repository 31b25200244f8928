"""Which of a version's sections and questions are asked, given what was answered before.

A condition looks back at one earlier closed question: one of its codes must be among what was
answered there. Conditions are evaluated in the order of the questionnaire, and what is not asked
counts as not answered, so that it opens nothing. Everything here is pure, and expects a version
that came through `with_questions()`.
"""

from surveys.journey.faults import Fault, faults
from surveys.journey.route import Journey, Need, Step, asked, only_asked
from surveys.journey.words import answers_in_words, called, only_if, when_answered

__all__ = [
    "Fault",
    "Journey",
    "Need",
    "Step",
    "answers_in_words",
    "asked",
    "called",
    "faults",
    "only_asked",
    "only_if",
    "when_answered",
]
