"""The guard that `tests/alone.py` sets before all tests. It covers what Python itself connects."""

import smtplib
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_connecting_to_another_machine_fails_the_test_that_tries(host):
    with pytest.raises(PermissionError, match="the site asks nobody"):
        socket.create_connection((host, 80), timeout=1)


def test_a_library_is_held_to_it_too():
    with pytest.raises(PermissionError, match="the site asks nobody"):
        smtplib.SMTP("mail.example.org", timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_may_be_asked(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=1).close()
