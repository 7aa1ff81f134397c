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

#: Transactions, keys, step runs, attempts and traces: thirteen weeks at most are searched. What is not finished stays.
KEEP_TRANSACTIONS = timedelta(days=84)
#: How long a dead letter can be sent, from when it died, and an event can stand in quarantine, from when it came.
#: What is needed for it stays for as long, however old its week is (``transactions.unfinished``).
KEEP_LETTERS = KEEP[Retention.PINNED]
#: How long a letter that is closed can still be looked at, if that is longer.
SHOWN_CLOSED = timedelta(days=30)
#: How long a sender's id is remembered (invariant 7).
KEEP_DEDUPE = timedelta(days=90)
#: How long it is known what was written without the right to it, and what broke a contract that only observes.
KEEP_BREACHES = timedelta(days=90)
#: How long it is known what came again, and what was turned away.
KEEP_RECEIPTS = timedelta(days=90)
