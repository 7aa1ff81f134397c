"""Saved views: searches with a name, of one person or of a team."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Lower

from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Person, Team

LONGEST_NAME = 60


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """A person's own views are nobody else's; a team's are for whoever sees its transactions."""

    def of(self, access: Access) -> SavedViewQuerySet:
        """Those that this person finds in the frame of every page."""
        if not access.person_id:
            return self.none()
        own = models.Q(team=None, person_id=UUID(access.person_id))
        teams = access.teams_that(Action.SEE_TRANSACTIONS)
        of_teams = models.Q(team__isnull=False) if teams is ALL else models.Q(team_id__in=teams)
        return self.filter(own | of_teams)


class SavedView(models.Model):
    """A search as it was typed: relative times stay relative. ``person`` made it; without a team it is theirs alone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.TextField()
    saved_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"), "person", condition=models.Q(team=None), name="saved_view_once_a_person"
            ),
            models.UniqueConstraint(
                Lower("name"), "team", condition=models.Q(team__isnull=False), name="saved_view_once_a_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name
