"""The whole suite is held to it that nothing here asks another machine for anything."""

import ipaddress
import sys

NAMES = {"localhost", "127.0.0.1", "::1", ""}


def stay_alone():
    """From here on this process fails where Python code looks up or connects to another machine."""
    sys.addaudithook(_refuse_others)


def _refuse_others(event, arguments):
    if event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise PermissionError(f"{arguments[0]} is looked up, and the site asks nobody")
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # Sockets of the machine itself have a path in the place of host and port.
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise PermissionError(f"{address[0]} is connected to, and the site asks nobody")


def _is_here(host):
    if isinstance(host, bytes):
        host = host.decode()
    if not host or host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
