"""Where something runs, and for which legal entity."""

from __future__ import annotations

from django.db import models


class Environment(models.Model):
    """Production, staging, sandbox: kept apart; a transaction belongs to exactly one."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """A legal entity whose business an integration serves."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name
