"""One consultation in one encrypted file, and back. See docs/backups.md."""


class Refused(Exception):
    """It was not done, and nothing was changed; the message is for people."""
