"""The open questions of a questionnaire: whatever its data file has words of."""

from surveys.codebook import about_the_response, variables
from surveys.models import Questionnaire


def open_questions(questionnaire: Questionnaire) -> dict[str, str]:
    """Their texts in the active language, by the names their words have in answer documents."""
    others = {variable.name for variable in about_the_response()}
    return {
        variable.name: variable.label
        for variable in variables(questionnaire)
        if variable.is_words and variable.name not in others
    }
