"""How long what is kept: classes of payload, and the weeks of the other tables."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import IntegerChoices


class Retention(IntegerChoices):
    """A class of payload; each has partitions of its own, dropped by age."""

    SHORT = 1, "7 days"
    STANDARD = 2, "30 days"
    LONG = 3, "400 days"
    PINNED = 4, "with its dead letter, 120 days"


KEEP: dict[Retention, timedelta] = {
    Retention.SHORT: timedelta(days=7),
    Retention.STANDARD: timedelta(days=30),
    Retention.LONG: timedelta(days=400),
    Retention.PINNED: timedelta(days=120),
}

#: Transactions, keys, step runs, attempts and traces: thirteen weeks at most are searched.
KEEP_TRANSACTIONS = timedelta(days=84)
#: How long a sender's id is remembered (invariant 7).
KEEP_DEDUPE = timedelta(days=90)
#: How long it is known what was written without the right to it, and what broke a contract that only observes.
KEEP_BREACHES = timedelta(days=90)
