"""Django's PostgreSQL backend, with the server started at the first connection."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import base, client

from consultation.embedded import server


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql of the wheel."""

    executable_name = str(server.PROGRAMS / "psql")

    def runshell(self, parameters: Iterable[str]) -> None:
        server.acquire(self.connection.settings_dict["VAR_DIR"])
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        server.acquire(self.settings_dict["VAR_DIR"])
        return super().get_new_connection(conn_params)
