"""Boards: who decides on which kinds of change, and when they meet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.people.models import Person


class Board(models.Model):
    """People who decide together.

    ``kinds`` are the kinds of change it decides on. A decision takes ``quorum`` votes, more for than against, and one
    vote for from every role of ``required_roles``; for an emergency ``emergency_quorum`` votes are enough. What it
    approved may be applied for ``approval_days``.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    kinds = models.JSONField(default=list)
    quorum = models.PositiveSmallIntegerField(default=2)
    required_roles = models.JSONField(default=list, blank=True)
    emergency_quorum = models.PositiveSmallIntegerField(default=1)
    approval_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="governance_a_board_needs_votes",
                condition=models.Q(quorum__gte=1, emergency_quorum__gte=1, approval_days__gte=1),
                violation_error_message="A decision takes one vote at least, and an approval holds for a day at least.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BoardMember(models.Model):
    """One seat: its person, their role on the board (``security``), and who votes in their place, until when."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=40, blank=True, default="")
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="deputises")
    deputy_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_one_seat_a_person", fields=["board", "person"]),
            models.CheckConstraint(
                name="governance_nobody_deputises_for_themselves",
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("person")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.board}"


class Meeting(models.Model):
    """A board's meeting of one day: when it begins, where, and the minutes afterwards."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="meetings")
    date = models.DateField()
    begins_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True, default="")
    minutes = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="governance_one_meeting_a_day", fields=["board", "date"])]

    def __str__(self) -> str:
        return f"{self.board}, {self.date}"


class AgendaItem(models.Model):
    """One point of a meeting: a change to decide on, or something to hear, with its notes."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    change = models.ForeignKey("governance.ChangeRequest", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200, blank=True, default="")
    duration_minutes = models.PositiveSmallIntegerField(default=5)
    notes = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_places_in_order", fields=["meeting", "place"])
        ]

    def __str__(self) -> str:
        return self.title or str(self.change)
