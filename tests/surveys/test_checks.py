"""What `manage.py check --database default` says of the languages of what is kept."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from surveys.models import Response
from tests.surveys.results_cast import answer


@pytest.fixture
def response(listens):
    return answer(listens.questionnaires.get(slug="citizens"))[0]


def test_a_language_that_somebody_answered_in_is_not_left_out(response):
    Response.objects.update(language="hu")

    with pytest.raises(SystemCheckError, match="LANGUAGES leaves out 'hu', which is the language"):
        call_command("check", databases=["default"])


def test_what_is_kept_in_the_languages_of_the_site_is_no_fault(response, capsys):
    call_command("check", databases=["default"])

    assert capsys.readouterr().out == "System check identified no issues (0 silenced).\n"
