"""How often something was tried, without knowing by whom."""

from django.db import models


class Attempts(models.Model):
    """Tries of one kind from one network in one stretch of time.

    The bucket is a keyed hash of kind, address and day; no address is stored, and the key is
    not in the database.
    """

    bucket = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bucket", "since"], name="tries_are_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bucket[:8]}: {self.count}"
