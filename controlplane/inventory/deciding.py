"""Deciding by a guide: answers, recommendation and decision stay with the integration, and set its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Invalid
from controlplane.inventory.changing import change
from controlplane.inventory.models import Decision, Integration
from controlplane.inventory.rules.guides import Guide, weigh
from controlplane.people.access import Access, Action

LONGEST: Final = 1000


@transaction.atomic
def decide(
    access: Access,
    integration: Integration,
    guide: Guide,
    answers: Mapping[str, str],
    *,
    chosen: str,
    need: str = "",
    deviation: str = "",
    via: Via = Via.PAGE,
) -> Decision:
    """Keep a decision and give the integration's field its value.

    :class:`Invalid` for a missing answer, for something else than the recommendation without a reason, and for what
    needs a reason of its own (real time) without one; nothing is kept then.
    """
    access.require(Action.CONFIGURE, integration.team_id)
    best, option = weigh(guide, answers)[0].option, guide.option(chosen)
    why = _words(need, "need") if chosen in guide.needs_reason else ""
    if chosen in guide.needs_reason and not why:
        raise Invalid(f"Say what happens if it is later: {option.name} has to be needed.", field="need")
    otherwise = "" if option == best else _words(deviation, "deviation")
    if option != best and not otherwise:
        raise Invalid(f"Recommended is {best.name}. Say why it is decided otherwise.", field="deviation")
    decision = Decision.objects.create(
        integration=integration,
        guide=guide.name,
        edition=guide.digest,
        answers={question.name: answers[question.name] for question in guide.questions},
        recommended=best.value,
        chosen=option.value,
        need=why,
        deviation=otherwise,
        by_id=access.actor.person or None,
        by_label=access.actor.label,
    )
    values: dict[str, Any] = {guide.sets: option.value}
    if guide.needs_reason:
        values["real_time_need"] = why
    change(
        integration, values, by=access, reason=otherwise or f"{guide.title}: {option.name}, as recommended.", via=via
    )
    record(
        "integration.decided",
        actor=access.actor,
        via=via,
        subject=Subject("integration", str(integration.pk)),
        reason=otherwise or why,
        details={"guide": guide.name, "recommended": best.value, "chosen": option.value},
    )
    return decision


def newest(integrations: Iterable[int]) -> Mapping[int, Mapping[str, Decision]]:
    """The decision that counts of each guide, by integration and guide."""
    rows = Decision.objects.filter(integration__in=list(integrations)).select_related("by")
    found: dict[int, dict[str, Decision]] = {}
    for one in rows.order_by("integration", "guide", "-id").distinct("integration", "guide"):
        found.setdefault(one.integration_id, {})[one.guide] = one
    return found


def _words(text: str, field: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST:
        raise Invalid(f"At most {LONGEST:,} characters.", field=field)
    return words
