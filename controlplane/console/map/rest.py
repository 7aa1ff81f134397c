"""Impact by the API: what stands on one object, everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from controlplane.console.map import estate as estates
from controlplane.console.map import impact as impacts
from controlplane.console.map.impact import Impact, Struck
from controlplane.foundation import clock
from controlplane.people.rest.operations import Asked, Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.rest.moments import Moment

Shape = serializers.Serializer[Any]


class OfWhat(Asked):
    """What stops."""

    of = serializers.CharField(
        max_length=140,
        help_text="`kind:name`, such as `system:odoo`; kinds: system, instance, interface, integration, credential, "
        "contract",
    )


class FailureShape(Shape):
    """How an integration is known to fail."""

    name = serializers.CharField()
    sign = serializers.CharField(help_text="how it shows")
    workaround = serializers.CharField(help_text="what is done by hand meanwhile")


class StruckShape(Shape):
    """An integration that stops or waits."""

    slug = serializers.CharField()
    name = serializers.CharField()
    hit = serializers.ChoiceField(choices=("stops", "waits"))
    declared = serializers.BooleanField(help_text="false: it is only seen to use it, nobody said so")
    criticality = serializers.CharField()
    environment = serializers.CharField()
    process = serializers.CharField(allow_null=True)
    team = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    deputy = serializers.CharField(allow_null=True)
    per_day = serializers.FloatField(allow_null=True, help_text="transactions a day over 30 days; null without any")
    failure_modes = FailureShape(many=True)
    runbook = serializers.CharField()


class ProcessShape(Shape):
    """A business process with those of its steps that are hit."""

    slug = serializers.CharField()
    name = serializers.CharField()
    hit = serializers.ChoiceField(choices=("stops", "waits"))
    steps = serializers.ListField(child=serializers.CharField())


class PersonShape(Shape):
    """Somebody to call."""

    name = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class TeamShape(Shape):
    """A team, with how many of its integrations are hit."""

    slug = serializers.CharField()
    name = serializers.CharField()
    integrations = serializers.IntegerField()


class CustomersShape(Shape):
    """Customer ids seen in 30 days; ``names`` are the newest that the caller may see."""

    count = serializers.IntegerField(allow_null=True, help_text="null: not counted in time")
    more = serializers.BooleanField(help_text="true: there are more than were counted")
    names = serializers.ListField(child=serializers.CharField())


class StandstillShape(Shape):
    """What stands on one object."""

    of = serializers.CharField()
    name = serializers.CharField()
    at = Moment()
    sentence = serializers.CharField()
    integrations = StruckShape(many=True)
    processes = ProcessShape(many=True)
    people = PersonShape(many=True)
    teams = TeamShape(many=True)
    unfed = serializers.ListField(child=serializers.CharField(), help_text="systems that get nothing new from it")
    per_day = serializers.FloatField(allow_null=True)
    customers = CustomersShape()


class ImpactOf(ApiView):
    """What breaks if something stops."""

    area: ClassVar[str] = "Estate"

    @operation(StandstillShape, asks=OfWhat)
    def get(self, call: Call) -> dict[str, Any]:
        """What breaks if this stops: integrations, processes, people, customers and volume, in all environments."""
        estate = estates.read(None)
        graph = estate.graph
        found = impacts.impact(estate, graph, impacts.asked(call.asked["of"], graph), clock.now())
        count, names = impacts.customers(found, call.access)
        return _told(found) | {"customers": {"count": count.count, "more": count.more, "names": names}}


def _told(found: Impact) -> dict[str, Any]:
    return {
        "of": found.of.ref,
        "name": found.of.name,
        "at": found.at,
        "sentence": found.sentence,
        "integrations": [_struck(one) for one in found.struck],
        "processes": [
            {
                "slug": one.process.slug,
                "name": one.process.name,
                "hit": "stops" if one.stops else "waits",
                "steps": one.steps,
            }
            for one in found.processes
        ],
        "people": [{"name": one.person.name, "reasons": one.reasons} for one in found.people],
        "teams": [{"slug": team.slug, "name": team.name, "integrations": count} for team, count in found.teams],
        "unfed": [node.ref for node in found.unfed],
        "per_day": found.per_day,
    }


def _struck(one: Struck) -> dict[str, Any]:
    row = one.integration
    return {
        "slug": row.slug,
        "name": row.name,
        "hit": one.how,
        "declared": not one.undeclared,
        "criticality": row.criticality,
        "environment": row.environment.slug,
        "process": row.process.slug if row.process else None,
        "team": row.team.slug,
        "owner": row.owner.name if row.owner else None,
        "deputy": row.deputy.name if row.deputy else None,
        "per_day": one.per_day,
        "failure_modes": one.failures,
        "runbook": row.runbook,
    }
