"""What staff may do, as Django groups."""

from django.contrib.auth.models import Group, Permission

SECRETARIAT = "Joint Secretariat"
MAY_SEE = (
    "consultation",
    "country",
    "invitation",
    "message",
    "organisation",
    "organisationlist",
    "member",
    "passage",
    "place",
    "programme",
    "question",
    "questionnaire",
    "response",
    "section",
    "version",
)
MAY_CHANGE = (
    "consultation",
    "invitation",
    "message",
    "organisation",
    "organisationlist",
    "member",
    "passage",
    "programme",
    "place",
    "country",
)
# An organisation with a response, and an address that asked not to be written to, stay all the
# same: their admin pages refuse.
MAY_DELETE = ("invitation", "member", "organisation", "organisationlist")


def secretariat() -> Group:
    """The Joint Secretariat's group with its permissions, made or brought up to date."""
    group, _created = Group.objects.get_or_create(name=SECRETARIAT)
    codenames = [f"view_{model}" for model in MAY_SEE]
    codenames += [f"{verb}_{model}" for model in MAY_CHANGE for verb in ("add", "change")]
    codenames += [*(f"delete_{model}" for model in MAY_DELETE), "export_response"]
    group.permissions.set(
        Permission.objects.filter(content_type__app_label="surveys", codename__in=codenames)
    )
    return group
