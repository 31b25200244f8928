"""What tables are told apart by, in words."""

from django.utils.translation import gettext as _

from surveys.dimensions import PLACE, Dimension, possible, telling_apart
from surveys.models import Questionnaire
from surveys.tabulation.counted import COUNTRY, EVERYBODY


def dimensions(questionnaire: Questionnaire) -> dict[str, Dimension]:
    """Every dimension that tables are published in, EVERYBODY first, in the active language.

    A group of COUNTRY that is no country is an answer to the question about the place.
    """
    found = [Dimension(EVERYBODY, _("All responses"), {EVERYBODY: _("All responses")})]
    published = telling_apart(questionnaire)
    by_name = {each.name: each for each in possible(questionnaire) if each.name in published}
    if place := by_name.pop(PLACE, None):
        found += [_countries(questionnaire, place), place]
    return {each.name: each for each in [*found, *by_name.values()]}


def _countries(questionnaire: Questionnaire, place: Dimension) -> Dimension:
    programme = questionnaire.consultation.programme
    countries = list(programme.countries.prefetch_related("places"))
    groups = {country.code: str(country.name) for country in countries}
    places = {each.code for country in countries for each in country.places.all()}
    elsewhere = {code: label for code, label in place.groups.items() if code not in places}
    return Dimension(COUNTRY, _("Country"), groups | elsewhere, place.reasons)


def label(dimension: Dimension, code: str) -> str:
    """The group's name; its code where only an answer of another version was called so."""
    if dimension.name == EVERYBODY or code:
        return dimension.groups.get(code, code)
    return _("No answer")
