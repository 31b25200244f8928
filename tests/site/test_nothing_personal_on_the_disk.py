"""What a whole journey leaves on the disk: no address anywhere, and nothing personal in a log.

A server of its own, so that its data, its write-ahead log, a dump of it and all logs are searched.
"""

import http.client
import ipaddress
import mmap
import os
import subprocess
import sys
import urllib.parse
from contextlib import ExitStack

import pytest

from consultation.embedded import USER, server
from tests.servers import (
    NEEDED,
    PREPARE,
    ROOT,
    Postgres,
    free_port,
    gunicorn,
    nginx,
    wait_for,
)
from tests.shown import entries

FORM = "/en/citizens/"
THROUGH_NGINX = "127.99.88.77"
BEHIND_ANOTHER = "2001:db8:a7c3:51::1"
WORDS = "Feribot la Moldova Nouă"
EMAIL = "ljiljana.canary@example.org"
PERSONAL = (WORDS, EMAIL, "Ljiljana")

pytestmark = [
    pytest.mark.xdist_group("disk"),
    pytest.mark.skipif(
        NEEDED["nginx"] is None and not os.environ.get("REQUIRE_CLUSTER"),
        reason="nginx is missing",
    ),
]


def forms_of(address):
    """As text, number, hexadecimal; and packed, of IPv6, whose bytes do not come by chance."""
    ip = ipaddress.ip_address(address)
    texts = {str(ip), ip.exploded, str(int(ip)), f"{int(ip):x}", ip.packed.hex()}
    if ip.version == 4:
        return [text.encode() for text in texts]
    household = ip.packed[:8]
    return [*(text.encode() for text in texts), ip.packed, household, household.hex().encode()]


class Browser:
    """One visitor at an address, without cookies: what is asked needs none."""

    def __init__(self, port, source="127.0.0.1", headers=()):
        self.port, self.source, self.headers = port, source, dict(headers)

    def ask(self, method, path, form=None):
        body = urllib.parse.urlencode(form, doseq=True) if form else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        one = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=20, source_address=(self.source, 0)
        )
        one.request(method, path, body, {**self.headers, **kind})
        answer = one.getresponse()
        text = answer.read().decode()
        one.close()
        return answer.headers.get("Location") or text

    def journey(self):
        """Saves, sends, reads, mistypes; asks for news, an account, and what is not there."""
        form = entries(self.ask("GET", FORM)) | {"place": ["timis"], "C5": [WORDS]}
        saved = self.ask("POST", FORM, form | {"save": [""]})
        assert saved.startswith("/en/citizens/draft/")
        form = entries(self.ask("GET", FORM)) | {"place": ["timis"], "C5": [WORDS]}
        receipt = self.ask("POST", FORM, form)
        assert receipt.startswith("/en/citizens/sent/")
        assert WORDS in self.ask("GET", f"{receipt}answers/")
        self.ask("GET", f"{receipt[:-6]}AAAAA/")
        self.ask("POST", "/en/reply/subscribe/", {"email": EMAIL})
        self.ask("POST", "/en/register/", {"email": EMAIL, "name": "Ljiljana"})
        self.ask("GET", "/en/nothing/%00/")
        self.ask("PUT", "/en/results/")
        return receipt


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """The folder of all that is left, and the secrets of the personal links that were given out."""
    folder = tmp_path_factory.mktemp("left")
    database = Postgres(folder / "database")
    database.initialise()
    database.create()
    environment = os.environ | {"DATABASE_URL": database.url, "BEHIND_PROXY": "1"}
    prepare = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PREPARE]
    instance, front = free_port(), free_port()
    with ExitStack() as stack:
        stack.callback(database.stop)
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True, capture_output=True)
        log = stack.enter_context((folder / "gunicorn.log").open("w"))
        told = {"env": environment | {"LOG_LEVEL": "INFO"}, "stdout": log, "stderr": log}
        wait_for(stack.enter_context(gunicorn("consultation.wsgi", instance, **told)))
        wait_for(stack.enter_context(nginx(folder / "nginx", front, {"web1": instance})))
        another = {"X-Forwarded-For": BEHIND_ANOTHER}
        receipts = [
            Browser(front, THROUGH_NGINX).journey(),
            Browser(instance, headers=another).journey(),
        ]
        address = f"host=127.0.0.1 port={database.port} user={USER} dbname=consultation"
        (folder / "dump").touch()
        (folder / "dump").chmod(0o666)
        server._run("pg_dump", "-d", address, "-f", str(folder / "dump"))
        database.ask("CHECKPOINT")
    return folder, [receipt.split("/")[-2] for receipt in receipts]


def files_with(folder, wanted):
    """Which of the files hold any of these bytes."""
    found = set()
    for file in folder.rglob("*"):
        if not file.is_file() or file.stat().st_size == 0:
            continue
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as held:
            if any(held.find(each) >= 0 for each in wanted):
                found.add(file.relative_to(folder).as_posix())
    return found


def test_what_is_searched_for_would_be_found(left):
    folder, _secrets = left

    found = files_with(folder, [WORDS.encode()])

    assert "dump" in found
    assert any("pg_wal" in name for name in found)
    assert any("data/base/" in name for name in found)


@pytest.mark.parametrize("address", [THROUGH_NGINX, BEHIND_ANOTHER])
def test_no_address_is_in_the_data_the_log_of_changes_a_dump_or_a_log(left, address):
    folder, _secrets = left

    assert files_with(folder, forms_of(address)) == set()


def test_no_log_holds_answers_names_addresses_of_people_or_secrets(left):
    folder, secrets = left
    personal = [each.encode() for each in (*PERSONAL, *secrets)]

    found = files_with(folder, personal)

    assert {name for name in found if name.endswith(("log", ".err", ".out"))} == set()
    assert {"gunicorn.log", "nginx/access.log", "database/log"} <= {
        file.relative_to(folder).as_posix() for file in folder.rglob("*log") if file.stat().st_size
    }
