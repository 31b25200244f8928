"""The accounts an installation has before something is restored there: whoever set it up.

What is restored keeps its keys, for they are in signatures, in the log and in what was drawn by
them. So the installation's own rows get others. Who has the same e-mail address is the same person
(one signs in with a code to that address), and goes on as the restored account with the rights
they have here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Max, Model

from surveys.backups.scope import shared
from surveys.models import User

RIGHTS = ("password", "last_login", "is_superuser", "is_staff", "is_active")


class OwnAccounts:
    """All within the transaction that restores, while the triggers rest."""

    def __init__(self, highest: Mapping[str, int]) -> None:
        self._highest = highest
        self._people: list[dict[str, Any]] = []
        self._addresses: dict[int, str] = {}

    def step_aside(self) -> None:
        """Own rows get keys above all that come, and leave names and addresses to them."""
        for model in shared():
            own = model._base_manager.aggregate(most=Max("pk"))["most"]
            if own:
                # Above its own keys too: none may land on one that has not moved yet.
                self._move(model, max(own, self._highest[model._meta.label]))
        self._people = [*User.objects.values("pk", "username", "email", *RIGHTS)]
        self._addresses = dict(EmailAddress.objects.values_list("pk", "email"))
        _execute("UPDATE surveys_user SET username = 'own ' || id, email = ''")
        _execute("UPDATE account_emailaddress SET email = 'own ' || id")
        if self._people:
            # A session names its account by number.
            Session.objects.all().delete()

    def _move(self, model: type[Model], by: int) -> None:
        table, key = model._meta.db_table, model._meta.pk.column
        _execute(f'UPDATE "{table}" SET "{key}" = "{key}" + %s', by)  # noqa: S608 - of the models
        for other, column in _references(model):
            _execute(f'UPDATE "{other}" SET "{column}" = "{column}" + %s', by)  # noqa: S608
        if model is User:
            _execute(
                "UPDATE surveys_auditentry SET object_id = object_id::bigint + %s"
                " WHERE model = 'user' AND object_id <> ''",
                by,
            )

    def come_back(self) -> None:
        """After what was restored was compared, and has no rights any more."""
        for person in self._people:
            others = User.objects.exclude(email="").exclude(pk=person["pk"])
            same = others.filter(email__lower=person["email"].lower()).first()
            if same:
                self._become(person, same.pk)
            else:
                self._take_back(person)

    def _take_back(self, person: dict[str, Any]) -> None:
        name = person["username"]
        if User.objects.filter(username=name).exists():
            name = f"{name[:100]}-{person['pk']}"
        User.objects.filter(pk=person["pk"]).update(username=name, email=person["email"])
        for address in EmailAddress.objects.filter(user=person["pk"]):
            EmailAddress.objects.filter(pk=address.pk).update(email=self._addresses[address.pk])

    def _become(self, person: dict[str, Any], restored: int) -> None:
        """Rights, second factor and entries of the log go to the restored account."""
        _execute("DELETE FROM account_emailaddress WHERE user_id = %s", person["pk"])
        for table, column in _references(User):
            _execute(
                f'UPDATE "{table}" SET "{column}" = %s WHERE "{column}" = %s',  # noqa: S608
                *(restored, person["pk"]),
            )
        User.objects.filter(pk=restored).update(**{name: person[name] for name in RIGHTS})
        _execute("DELETE FROM surveys_user WHERE id = %s", person["pk"])


def _references(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold a key of this model."""
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.concrete_fields:
            if field.column and field.remote_field and field.remote_field.model is model:
                yield other._meta.db_table, field.column
    if model is User:
        # No foreign key: an entry outlives the account.
        yield "surveys_auditentry", "user_id"


def _execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
