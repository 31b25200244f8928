"""What stands in the way of `make run` is told in one sentence, before anything is installed."""

import ast
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOWHERE = {
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_RETRIES": "0",
}

pytestmark = pytest.mark.xdist_group("bootstrap")


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    """A .venv as the bootstrap makes it, with nothing to install into it."""
    project = make_project(tmp_path_factory.mktemp("first"))
    assert start(project).returncode == 0
    return project / ".venv"


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "a clone, with spaces")


def make_project(folder):
    """A clone whose site only tells how it was called."""
    (folder / "consultation").mkdir(parents=True)
    shutil.copy(ROOT / "consultation" / "bootstrap.py", folder / "consultation")
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "manage.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.environ.get('PYTHONPATH'), sys.prefix)\n"
    )
    return folder


def start(project, *arguments, before="", **environment):
    """Run `bootstrap.py run`, after some lines of Python that make this machine another one."""
    script = project / "consultation" / "bootstrap.py"
    code = (
        f"import runpy, sys\n{before}\nsys.argv = ['bootstrap.py', 'run', *{arguments!r}]\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", "PORT": str(free_port()), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_an_old_python_is_told_what_is_needed(project):
    done = start(project, before="sys.version_info = (3, 9, 18)")

    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer is needed; this is 3.9.\n"


def test_an_old_python_can_read_that_far():
    source = (ROOT / "consultation" / "bootstrap.py").read_text()

    assert ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_names_the_package_to_install(project, module):
    done = start(project, before=f"sys.modules[{module!r}] = None")

    assert done.returncode == 1
    assert done.stderr == (
        f"This Python lacks its {module} module. On Debian and Ubuntu: apt install python3-venv\n"
    )


def test_a_var_that_is_a_file_is_told(project):
    (project / "var").touch()

    done = start(project)

    assert done.returncode == 1
    assert done.stderr == (
        f"The folder {project}/var is for the site's data and cannot be written: it is a file.\n"
    )


def test_a_var_that_cannot_be_written_is_told(project):
    (project / "var").symlink_to("/sys")  # not even root may make a file there

    done = start(project)

    assert done.returncode == 1
    assert done.stderr == (
        f"The folder {project}/var is for the site's data and cannot be written:"
        " Permission denied.\n"
    )


@pytest.mark.parametrize("port", ["", "http", "-1", "0", "65536", "8000.5", "８０００"])
def test_a_port_that_is_no_port_is_told(project, port):
    done = start(project, PORT=port)

    assert done.returncode == 1
    assert done.stderr == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_a_port_in_use_comes_with_another_one(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(project, PORT=str(port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} is in use. Take another one: make run PORT={port % 65535 + 1}\n"
    )
    assert not (project / ".venv").exists()


def test_the_second_start_installs_nothing(project, venv):
    venv.rename(project / ".venv")

    done = start(project)
    (project / ".venv").rename(venv)

    assert done.stderr == ""
    assert done.stdout == f"['serve'] None {project}/.venv\n"


def test_neither_a_home_nor_a_foreign_environment_matters(project, venv):
    venv.rename(project / ".venv")

    done = start(project, HOME="", PYTHONPATH="/elsewhere", VIRTUAL_ENV="/elsewhere")
    (project / ".venv").rename(venv)

    assert done.stdout == f"['serve'] None {project}/.venv\n"


def test_an_installation_broken_off_is_made_again(project, venv):
    venv.rename(project / ".venv")
    stamp = project / ".venv" / "installed.json"
    whole = json.loads(stamp.read_text())
    stamp.unlink()

    done = start(project)
    (project / ".venv").rename(venv)

    assert done.stdout.splitlines()[:2] == [
        "Making a virtual environment in .venv…",
        "Installing dependencies (about 20 seconds)…",
    ]
    assert json.loads((venv / "installed.json").read_text()) == whole


def test_no_network_is_told_and_the_next_start_tries_again(project, venv):
    shutil.copytree(venv, project / ".venv", symlinks=True)
    (project / "requirements.txt").write_text(f"no-such-thing==1 --hash=sha256:{'0' * 64}\n")

    done = start(project, **NOWHERE)

    assert done.returncode == 1
    assert done.stderr == (
        "The package index was not reached. Is there a network? Then run it again.\n"
    )
    assert not (project / ".venv" / "installed.json").exists()
