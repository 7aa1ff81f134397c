"""Who is left behind when a version goes: what is set up to work by just it, and consumers that know no newer one."""

from __future__ import annotations

from collections.abc import Sequence

from controlplane.contracts.consumers.affected import Touched
from controlplane.contracts.consumers.known import Consumer, Use, consumers_of
from controlplane.contracts.lifecycle.evidence import users_of
from controlplane.contracts.models import Confirmation, ContractVersion, Standing
from controlplane.contracts.rules.judging import Finding
from controlplane.governance.models import ChangeRequest
from controlplane.governance.rules.changed import Affected, Level


def left_behind(version: ContractVersion) -> list[Touched]:
    """Every consumer of the contract, with whether it would be left behind."""
    return [_of(one, version) for one in consumers_of(version.contract)]


def _of(consumer: Consumer, version: ContractVersion) -> Touched:
    declared, number = consumer.declared, version.number
    if declared is None:
        return Touched(consumer, spared="it goes by the version that holds, or is set up to work by just this one")
    if declared.newest is not None and declared.newest != number:
        return Touched(consumer, spared=f"it works with version {declared.newest}")
    if declared.oldest is not None and declared.oldest > number:
        return Touched(consumer, spared=f"it works with nothing older than version {declared.oldest}")
    if consumer.use is Use.SILENT:
        return Touched(consumer, spared=consumer.in_words)
    if declared.newest is None and consumer.use is not Use.UNOBSERVABLE:
        return Touched(consumer, spared="nobody said which versions it works with; what is set up for it is counted")
    knows = f"Version {number} is the newest that it works with."
    words = knows if declared.newest else f"Nobody knows whether it works with anything newer than version {number}."
    return Touched(consumer, [Finding("version-goes", "", Level.BREAKING, Level.BREAKING, words)])


def holders_of(version: ContractVersion, change: ChangeRequest | None = None) -> list[str]:
    """Who holds it, in words: without those who agreed in that change, or were overridden."""
    answered = _answered(change) if change is not None else set()
    behind = [one.consumer for one in left_behind(version) if one.findings]
    return users_of(version) + [one.name for one in behind if tuple(one.key) not in answered]


def _answered(change: ChangeRequest) -> set[tuple[int | None, int | None]]:
    done = Confirmation.objects.filter(revision=change.current_id, state__in=[Standing.CONFIRMED, Standing.OVERRIDDEN])
    return {
        (integration, None if integration is not None else dependency)
        for integration, dependency in done.values_list("integration_id", "dependency_id")
    }


def affected_by(version: ContractVersion) -> Sequence[Affected]:
    """Those who have to move."""
    behind = [one for one in left_behind(version) if one.findings]
    return [
        *(Affected(name, "works by it") for name in users_of(version)),
        *(
            Affected(
                one.consumer.name,
                f"{one.consumer.in_words}; {one.findings[0].message.removesuffix('.')}",
                one.consumer.team.name,
                one.consumer.per_day,
            )
            for one in behind
        ),
    ]
