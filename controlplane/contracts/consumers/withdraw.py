"""Say that a consumer is none any more. What it said, and was asked, is kept."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.consumers.asking import ask
from controlplane.contracts.consumers.standing import dependency_for_update, require_not_own
from controlplane.contracts.models import Dependency
from controlplane.foundation import clock
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.people.access import Access, Action


@transaction.atomic
def withdraw(access: Access, dependency: int, why: str, *, via: Via = Via.PAGE) -> Dependency:
    """By its team, with the reason. An integration that is still seen to work by the contract is asked all the same."""
    declared, changes = dependency_for_update(dependency)
    access.require(Action.CONFIGURE, declared.answers.pk if declared.answers else None)
    require_not_own(access, changes, integration=declared.integration, dependency=declared)
    declared.withdrawn_why = words_of(why, "words", LONGEST_WORDS)
    declared.withdrawn_at, declared.withdrawn_by_id = clock.now(), UUID(access.person_id)
    declared.save(update_fields=["withdrawn_why", "withdrawn_at", "withdrawn_by"])
    for change in changes:
        ask(change)
    audit.record(
        "contract.consumer_withdrawn",
        actor=access.actor,
        via=via,
        subject=Subject("contract", declared.contract.slug),
        reason=declared.withdrawn_why,
        details={"consumer": str(declared), "dependency": declared.pk},
    )
    return declared
