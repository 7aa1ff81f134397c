"""Change requests: what is proposed, in which revisions, by whom, and where it stands."""

from __future__ import annotations

import re
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.urls import reverse

from controlplane.audit.models import Subject
from controlplane.foundation.pages import page_url
from controlplane.foundation.registries import panels
from controlplane.governance.models.boards import Board
from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Person, Team
from controlplane.people.scoping import ScopedQuerySet

#: What stands before the number of a change.
PREFIX = "CC-"
_REFERENCE = re.compile(rf"{PREFIX}([0-9]{{1,9}})", re.IGNORECASE)


class ChangeState(models.TextChoices):
    """Where a change request stands."""

    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    APPLIED = "applied", "Applied"
    EXPIRED = "expired", "Expired"
    ROLLED_BACK = "rolled_back", "Rolled back"


#: Those that may still become something else than what they are.
OPEN = (ChangeState.DRAFT, ChangeState.PROPOSED, ChangeState.APPROVED)


class ChangeRequestQuerySet(ScopedQuerySet["ChangeRequest"]):
    """Changes are part of the catalogue, but for kinds that tell of traffic: those are for who may see it.

    Whoever opened a change, and the board that decides on it, see it in any case.
    """

    team_path: ClassVar[str] = "team_id"

    def called(self, text: str) -> ChangeRequestQuerySet:
        """The one that people call so (CC-318); none for any other text."""
        found = _REFERENCE.fullmatch(text)
        return self.filter(pk=int(found[1])) if found else self.none()

    def visible_to(self, access: Access, action: Action | None = None) -> ChangeRequestQuerySet:
        """What this person may read."""
        if action is not None:
            return super().visible_to(access, action)
        if not access.person_id:
            return self.none()
        person = UUID(access.person_id)
        seats = Board.objects.filter(models.Q(members__person=person) | models.Q(members__deputy=person))
        seen = models.Q(seen_with="") | models.Q(opened_by=person) | models.Q(board__in=seats.values("pk"))
        for needed in Action:
            teams = access.teams_that(needed)
            if teams is ALL:
                seen |= models.Q(seen_with=needed.name)
            elif teams:
                seen |= models.Q(seen_with=needed.name, team_id__in=teams)
        return self.filter(seen)


class ChangeRequest(models.Model):
    """A proposal of one kind about one subject, decided by one board.

    ``current`` is the newest revision; the database keeps it so, and puts an approved change back to proposed when a
    revision is added. ``seen_with`` is the action that reading it takes in its team, empty for everybody.
    ``open_until``: undecided by then it expires; ``approved_until``: not applied by then it expires.
    ``rolls_back`` is the change whose effect this one takes back, ``answers_for`` the failures that are its reason.
    """

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    subject_name = models.CharField(max_length=200, blank=True, default="")
    subject_url = models.CharField(max_length=300, blank=True, default="")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    environment = models.CharField(max_length=50, blank=True, default="")
    board = models.ForeignKey(Board, models.PROTECT, related_name="changes")
    state = models.CharField(max_length=12, choices=ChangeState.choices, default=ChangeState.DRAFT)
    seen_with = models.CharField(max_length=40, blank=True, default="")
    current = models.ForeignKey("governance.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="changes")
    opened_at = models.DateTimeField(auto_now_add=True)
    due = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    approved_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    emergency = models.BooleanField(default=False)
    emergency_until = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review = models.TextField(blank=True, default="")
    rolls_back = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="rollbacks")
    answers_for = models.JSONField(default=list, blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["board", "due"], condition=models.Q(state="proposed"), name="governance_undecided"),
            models.Index(fields=["subject_kind", "subject_id"], name="governance_of_subject"),
            models.Index(fields=["opened_by", "-decided_at"], name="governance_of_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="governance_approved_for_a_time",
                condition=~models.Q(state="approved") | models.Q(approved_until__isnull=False),
            ),
            models.CheckConstraint(
                name="governance_an_emergency_ends",
                condition=models.Q(emergency=False) | models.Q(emergency_until__isnull=False),
            ),
            models.CheckConstraint(
                name="governance_applied_at_a_moment",
                condition=~models.Q(state__in=["applied", "rolled_back"]) | models.Q(applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("governance:change", args=[self.pk])

    @property
    def reference(self) -> str:
        """What people call it: CC-318."""
        return f"{PREFIX}{self.pk}"

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def revision(self) -> Revision:
        """The newest revision; one that was never filled has none, and nobody is shown it."""
        if self.current is None:
            raise Revision.DoesNotExist
        return self.current

    @property
    def title(self) -> str:
        """What the newest revision is called."""
        return self.revision.title

    @property
    def why(self) -> str:
        """Its reason."""
        return self.revision.why

    @property
    def is_open(self) -> bool:
        """Whether it may still be applied one day."""
        return self.state in OPEN


class Revision(models.Model):
    """One immutable version of a proposal. ``content_hash`` is what votes are bound to (``rules.content``).

    ``base`` is the state of the subject that the content stands on; ``base_hash`` tells whether it is still so.
    ``diff`` and ``impact`` are what the kind told when it was written, so that everybody decides on the same facts
    (``rules.changed``); ``risk`` is the worst level of the diff.
    """

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    why = models.TextField()
    content = models.JSONField()
    base = models.JSONField(null=True)
    diff = models.JSONField(default=list)
    risk = models.CharField(max_length=10, blank=True, default="")
    impact = models.JSONField(default=dict)
    base_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.UUIDField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_revisions_in_order", fields=["change", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.change} v{self.number}"


class RevisionAuthor(models.Model):
    """Who wrote a revision, by person. The database adds whoever sent it in; the others are named by the verb."""

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="authors")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="authors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_each_author_once", fields=["revision", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.revision}"


class CheckState(models.TextChoices):
    """What a check found."""

    WAITING = "waiting", "Waiting"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    COULD_NOT_RUN = "could_not_run", "Could not run"


class Check(models.Model):
    """One check of one revision. One that could not run counts as failing, and ``detail`` says why it could not.

    ``evidence`` is what it found besides (``kinds.Found``): places and ids, no value of a payload.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="checks")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    required = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=CheckState.choices, default=CheckState.WAITING)
    detail = models.TextField(blank=True, default="")
    evidence = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    ran_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_each_check_once", fields=["revision", "name"])
        ]
        indexes: ClassVar = [
            models.Index(fields=["revision"], condition=models.Q(state="waiting"), name="governance_checks_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def evidence_url(self) -> str:
        """The page of an app above that shows its evidence; empty where there is none.

        Such an app registers the page's name among the panels, as ``check.<what>`` of the evidence's ``what``.
        """
        name = f"check.{self.evidence.get('what', '')}"
        return page_url(panels.get(name), str(self.revision.change_id)) if name in panels else ""


class Comment(models.Model):
    """What somebody said about a revision, or about one place of it (``rules.places``).

    ``place`` is empty for the whole. ``pointer`` is what the line or the difference is about, and ``quoted`` what it
    said: by these the comment is found again in a later revision, and makes sense where it is not.
    """

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.UUIDField(null=True)
    words = models.TextField()
    place = models.CharField(max_length=9, blank=True, default="", db_default="")
    pointer = models.TextField(blank=True, default="", db_default="")
    quoted = models.TextField(blank=True, default="", db_default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="governance_a_comment_has_a_place",
                condition=models.Q(place__regex=r"^([LOF][1-9][0-9]{0,7})?$"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.words[:40]}"

    def get_absolute_url(self) -> str:
        """Where it was said: at its place in its own revision, or in the discussion."""
        here = f"{self.change.get_absolute_url()}?v={self.revision.number}"
        return f"{here}&at={self.place}#{self.place}" if self.place else f"{here}#comment-{self.pk}"


class Resolution(models.Model):
    """What a comment asked is answered, or came up again; the newest of a comment holds."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="resolutions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.UUIDField(null=True)
    resolved = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person}: {'resolved' if self.resolved else 'open again'}"
