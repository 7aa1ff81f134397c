"""Who asks, and what they may do: the first thing to try a token with."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from controlplane.people.access import ALL
from controlplane.people.models import ServiceToken, Team
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.people.roles import Action

Shape = serializers.Serializer[Any]


class AllowedAction(Shape):
    """One action, and where it is allowed."""

    action = serializers.CharField()
    everywhere = serializers.BooleanField()
    teams = serializers.ListField(child=serializers.CharField(), help_text="slugs; empty where it is everywhere")


class TokenShape(Shape):
    """The token of the request."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    expires_at = serializers.DateTimeField()


class MeShape(Shape):
    """Who asks."""

    person = serializers.UUIDField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    token = TokenShape(allow_null=True, help_text="null for somebody who is signed in")
    allowed = AllowedAction(many=True)


class Me(ApiView):
    """Oneself."""

    area: ClassVar[str] = "Who asks"

    @operation(MeShape)
    def get(self, call: Call) -> dict[str, Any]:
        """Who the token or the session stands for, and what they may do where."""
        access, token = call.access, call.request.auth
        slugs = dict(Team.objects.values_list("pk", "slug"))
        reach = {action: access.teams_that(action) for action in Action if access.may_somewhere(action)}
        return {
            "person": access.person_id,
            "name": access.name,
            "roles": access.roles,
            "token": token if isinstance(token, ServiceToken) else None,
            "allowed": [
                {"action": action.name.lower(), "everywhere": teams is ALL}
                | {"teams": [] if teams is ALL else sorted(slugs[pk] for pk in teams)}
                for action, teams in reach.items()
            ],
        }
