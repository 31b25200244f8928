"""`make observatory`: every public page and the admin's sign-in, graded by Mozilla's observatory.

The grader is npm's `@mdn/mdn-http-observatory`, on this machine alone. It asks ports 80 and 443 of
localhost, so that this needs root, and nginx, Node.js and openssl. The site is as it is deployed:
production's settings behind the nginx of `deploy/`, with https as that file says.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.utils import translation  # noqa: E402

from tests.faults.stage import Template, production  # noqa: E402
from tests.servers import (  # noqa: E402
    NEEDED,
    ROOT,
    Postgres,
    free_port,
    gunicorn,
    nginx,
    wait_for,
)
from tests.surveys.doors import SITE, doors, expected  # noqa: E402

VERSION = "1.4.8"
GRADER = ROOT / "var" / "observatory"
PACKAGE = GRADER / "node_modules" / "@mdn" / "mdn-http-observatory"
LEAST = 125
# Probes of a balancer answer over http too, and are no pages.
PROBES = {"live", "ready"}
KNOWN = {"slug": "privacy", "number": 1}
OTHERS = {"blank_questionnaire": {"slug": "citizens"}}
TLS = """listen 127.0.0.1:443 ssl;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem"""
TO_HTTPS = "server { listen 127.0.0.1:80; return 308 https://$host$request_uri; }"


def main():
    _check_what_is_needed()
    _install()
    failed = []
    with tempfile.TemporaryDirectory(prefix="observatory-") as name, _site(Path(name)) as trusted:
        for page in _pages():
            grade, score = _grade(page, trusted)
            print(f"{grade:3} {score:4}  {page}", flush=True)
            if grade != "A+" or score < LEAST:
                failed.append(page)
    if failed:
        sys.exit(f"Below A+ {LEAST}: {', '.join(failed)}")


def _check_what_is_needed():
    missing = [name for name in ("node", "npm", "openssl") if shutil.which(name) is None]
    missing += [] if NEEDED["nginx"] else ["nginx"]
    if missing:
        sys.exit(f"make observatory needs {', '.join(missing)}")
    if os.geteuid() != 0:
        sys.exit("make observatory needs root, for ports 80 and 443")


def _install():
    """Once. It looks a host up in the browsers' list of https sites, where localhost is not."""
    if PACKAGE.exists():
        return
    GRADER.mkdir(parents=True, exist_ok=True)
    install = ("npm", "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
    subprocess.run([*install, f"@mdn/mdn-http-observatory@{VERSION}"], cwd=GRADER, check=True)
    (PACKAGE / "conf" / "hsts-preload.json").write_text("{}")


@contextmanager
def _site(folder):
    """The certificate that stands for the site, while it is served."""
    folder.chmod(0o755)
    trusted = _certificate(folder)
    template = Template(folder)
    database = Postgres(template.folder)
    database.start()
    more = {"ALLOWED_HOSTS": "localhost", "SECURE_SSL_REDIRECT": "1", "BEHIND_PROXY": "1"}
    port = free_port()
    try:
        with (
            gunicorn("consultation.wsgi", port, env=production(database.url, **more)) as instance,
            nginx(
                folder / "nginx",
                443,
                {"web1": port},
                ("listen 127.0.0.1:443", TLS.format(folder=folder)),
                ("    upstream site", f"    {TO_HTTPS}\n    upstream site"),
            ) as front,
        ):
            wait_for(instance, front)
            yield trusted
    finally:
        database.stop()


def _certificate(folder):
    made = folder / "cert.pem"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    given = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
    subprocess.run(
        ["openssl", "req", *given, "-keyout", folder / "key.pem", "-out", made],
        check=True,
        capture_output=True,
    )
    return made


def _pages():
    """Whatever `doors.csv` lets everybody read, and where the admin sends who is not signed in."""
    rows = expected(SITE)
    with translation.override("en"):
        for door in doors(SITE):
            if rows[door.name]["stranger"].startswith("200") and door.name not in PROBES:
                yield door.path(KNOWN | OTHERS.get(door.name, {}))
    yield "/en/admin/login/"


def _grade(page, trusted):
    told = subprocess.run(
        ["node", PACKAGE / "src" / "scan.js", f"localhost{page}"],
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(trusted)},
        cwd=GRADER,
        capture_output=True,
        text=True,
    )
    said = json.loads(told.stdout)
    if "error" in said:
        sys.exit(f"{page}: {said['error']}")
    return said["scan"]["grade"], said["scan"]["score"]


if __name__ == "__main__":
    main()
