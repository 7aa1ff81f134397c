"""A person is a human being; an account is one of their ways in; a membership says what they are where.

Duties are separated between *persons* (invariant 9), whatever account they use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from controlplane.foundation.ids import uuid7
from controlplane.people.roles import COMPANY_WIDE, Role

#: The longest name of a person, in characters.
NAME_LENGTH = 120


class Person(models.Model):
    """A human being. Never deleted: the audit and votes name their id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """Two letters for the round mark."""
        return initials(self.name)


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words if len(words) == 1 else words[:1] + words[-1:])).upper()


class AccountKind(models.TextChoices):
    """Who stands behind an account."""

    HUMAN = "human", "Human"
    SERVICE = "service", "Service"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for signing in; they are made by ``people.services``."""

    def get_queryset(self) -> models.QuerySet[Account]:
        """With the person, whose name every page shows: one query a request less."""
        return super().get_queryset().select_related("person")

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an e-mail address, whatever its capitals."""
        return self.get(email=normalised(username or ""))


class Account(AbstractBaseUser):
    """A sign-in. The e-mail address is the user name, kept in lower case.

    What its person chose about the pages is empty where they chose nothing: then it is as the installation, the
    browser or their role has it. ``start_page`` is an address by name, ``environment`` the slug of the one that lists
    show (``inventory.environments``), ``muted`` are the kinds of notices that they do not want
    (:mod:`controlplane.people.notices`), of which those after ``notices_seen_at`` are new.
    ``session_round`` is part of what a session proves: a higher one ends all that were opened before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=8, choices=AccountKind.choices, default=AccountKind.HUMAN)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    time_zone = models.CharField(max_length=60, blank=True, default="", db_default="")
    theme = models.CharField(max_length=12, blank=True, default="", db_default="")
    density = models.CharField(max_length=12, blank=True, default="", db_default="")
    keys = models.CharField(max_length=12, blank=True, default="", db_default="")
    start_page = models.CharField(max_length=60, blank=True, default="", db_default="")
    environment = models.CharField(max_length=50, blank=True, default="", db_default="")
    muted = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    notices_seen_at = models.DateTimeField(null=True, blank=True)
    session_round = models.PositiveIntegerField(default=0, db_default=0)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.CheckConstraint(name="people_email_lower", condition=models.Q(email=Lower("email"))),)

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Keep the address in lower case."""
        super().clean()
        self.email = normalised(self.email)

    def get_session_auth_hash(self) -> str:
        """What a session of this account proves: the password it was opened with, and the round."""
        return self._in_its_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under older keys of the installation."""
        return (self._in_its_round(digest) for digest in super().get_session_auth_fallback_hash())

    def _in_its_round(self, digest: str) -> str:
        # Sessions from before there were rounds go on.
        if not self.session_round:
            return digest
        return salted_hmac("people.session_round", f"{self.session_round}:{digest}", algorithm="sha256").hexdigest()


def normalised(email: str) -> str:
    """An address as it is kept and compared."""
    return email.strip().lower()


class OpenSession(models.Model):
    """One place where an account is signed in: since when, from which address, with which browser.

    ``key`` is that of Django's session, without which this row says nothing.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    opened_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    browser = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.browser}"


class Team(models.Model):
    """Owns integrations. What a person may see of their traffic depends on the role in it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class ServiceToken(models.Model):
    """What a program proves itself with, in the name of its owner: one role, in a team or in the whole company.

    The secret is shown once and kept as ``digest`` (SHA-256 of 256 random bits: no list can guess it); ``hint`` is
    its beginning, to tell tokens apart. What it may do is never more than its owner may at that moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="people_company_wide_tokens",
                condition=~models.Q(role__in=sorted(COMPANY_WIDE)) | models.Q(team=None),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """What it is allowed, in words: ``Support, Billing``."""
        return f"{Role(self.role).label}, {self.team or 'the whole company'}"


class KeptAnswer(models.Model):
    """What a write was answered with, so that the same request again gets the same answer and is not done twice.

    ``caller`` is the account or token that asked, ``request`` a digest of what it asked for.
    """

    caller = models.UUIDField()
    key = models.CharField(max_length=255)
    request = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="people_each_key_once", fields=["caller", "key"]),)

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class Membership(models.Model):
    """One role of one person, in a team, or in the whole company when there is no team."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="people_each_role_once", fields=["person", "team", "role"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="people_company_wide_roles",
                condition=~models.Q(role__in=sorted(COMPANY_WIDE)) | models.Q(team=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {Role(self.role).label}, {self.team or 'the whole company'}"
