"""What payloads usually look like, and where they do not any more: names and kinds of values, never a value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.models import ContractVersion
from controlplane.governance.models import ChangeRequest
from controlplane.inventory.models import Interface
from controlplane.people.models import Person


class UsualForm(models.Model):
    """Of one type of event while one version of its contract holds, as ``rules.usual`` keeps it.

    ``looked_to`` is the trace of the newest one that was looked at.
    """

    interface = models.ForeignKey(Interface, models.CASCADE, related_name="+")
    event_type = models.TextField()
    contract_version = models.ForeignKey(ContractVersion, models.CASCADE, related_name="+")
    form = models.JSONField(default=dict)
    samples = models.PositiveIntegerField(default=0)
    looked_to = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["interface", "event_type"], name="one_usual_form")]

    def __str__(self) -> str:
        return self.event_type


class DriftKind(models.TextChoices):
    """What has changed; the words of ``rules.drift``."""

    NEW = "new", "A new field"
    VANISHED = "vanished", "It does not come any more"
    TYPE = "type", "It is of another kind"
    NULLS = "null", "It is null more, or less often"
    BROKEN = "broken", "It breaks the contract"


class DriftState(models.TextChoices):
    """What has become of it."""

    OPEN = "open", "Open"
    EXPLAINED = "explained", "Agreed to"
    IGNORED = "ignored", "Ignored"
    GONE = "gone", "Gone again"


class Drift(models.Model):
    """Payloads of one type that differ from those before, by the field and how; ``version`` judged them.

    ``sign`` is by what it was seen: kinds of values, "absent", "null", "filled", or the keyword that is broken. Seen
    ``now`` in so many of the newest ``of``; before, in ``was`` of ``out_of``. ``examples`` are transactions that show
    it, the first that was looked at before all. ``change`` is the proposal that was made of it, or that explains it.
    """

    interface = models.ForeignKey(Interface, models.CASCADE, related_name="+")
    event_type = models.TextField()
    version = models.ForeignKey(ContractVersion, models.CASCADE, related_name="drifts")
    kind = models.CharField(max_length=8, choices=DriftKind.choices)
    pointer = models.TextField()
    sign = models.TextField(blank=True)
    now = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    was = models.PositiveIntegerField()
    out_of = models.PositiveIntegerField()
    examples = models.JSONField(default=list)
    since = models.DateTimeField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=DriftState.choices, default=DriftState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    ignored_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    change = models.ForeignKey(ChangeRequest, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["interface", "event_type", "kind", "pointer", "sign"],
                condition=models.Q(state="open"),
                name="one_open_drift",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["version", "-found_at"], name="drift_of_version")]

    def __str__(self) -> str:
        return f"{self.pointer} of {self.event_type}"

    @property
    def what(self) -> str:
        """As ``rules.usual`` knows it."""
        return f"{self.pointer} {self.sign}" if self.kind == DriftKind.BROKEN else self.pointer

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of values that came as something new."""
        told = self.kind != DriftKind.BROKEN and self.sign not in {"absent", "filled"}
        return tuple(self.sign.split(",")) if told else ()

    @property
    def words(self) -> str:
        """What was, and what is."""
        before, after = f"in {_share(self.was, self.out_of)} before", f"in {_share(self.now, self.of)} now"
        match self.kind:
            case DriftKind.NEW:
                return f"Nobody sent it before; it is {after}."
            case DriftKind.VANISHED:
                return f"It was there {_share_of_rest(self.was, self.out_of)}; it is missing {after}."
            case DriftKind.TYPE:
                return f"It is {self.sign} {after}, and was of another kind."
            case DriftKind.NULLS:
                said = "null" if self.sign == "null" else "not null"
                return f"It is {said} {after}, {before}."
            case _:
                return f"It breaks “{self.sign}” {after}, {before}."


def _share(number: int, of: int) -> str:
    return f"{number:,} of {of:,}"


def _share_of_rest(number: int, of: int) -> str:
    return f"in {_share(of - number, of)} before"
