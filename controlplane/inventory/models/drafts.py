"""Documents that somebody looks at before they are applied."""

from __future__ import annotations

from django.db import models

from controlplane.people.models import Person


class ImportDraft(models.Model):
    """What a document describes, as it was understood, until its owner applies it or a day is over.

    ``options`` are what was asked for along with it. It is seen by who uploaded it and by nobody else.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    format = models.CharField(max_length=10)
    file = models.CharField(max_length=200)
    document = models.JSONField()
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.file
