"""``manage.py service_token …``: service tokens, from the command line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from controlplane.audit.models import Actor, Via
from controlplane.foundation.errors import Problem
from controlplane.people import selectors, tokens
from controlplane.people.access import access_for
from controlplane.people.models import ServiceToken
from controlplane.people.roles import Role
from controlplane.people.services import By

BY = By(Actor(label="manage.py service_token"), Via.COMMAND)


class Command(BaseCommand):
    """Makes, lists and revokes tokens in the name of a person."""

    help = "Makes, lists and revokes tokens that programs use in the name of a person."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command a verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="a new token; its secret is printed once")
        add.add_argument("email", help="of its owner")
        add.add_argument("name", help="what it is for")
        add.add_argument("--role", required=True, metavar="ROLE[:TEAM]", help="no more than its owner may")
        add.add_argument("--days", type=int, default=90, help="how long it is valid; 90")
        verbs.add_parser("list", help="an owner's tokens").add_argument("email")
        revoke = verbs.add_parser("revoke", help="end one now")
        revoke.add_argument("email", help="of its owner")
        revoke.add_argument("id", type=UUID)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one verb; what is wrong is said in one line."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def do_add(self, options: dict[str, Any]) -> None:
        """A token in the name of an account's person."""
        name, _, slug = options["role"].partition(":")
        if name not in Role.values:
            message = f"{name!r} is no role; there are: {', '.join(Role.values)}."
            raise CommandError(message)
        team = selectors.team_called(slug) if slug else None
        access = access_for(selectors.account_called(options["email"]))
        token, secret = tokens.issue(access, options["name"], Role(name), team, options["days"], by=BY)
        self.stdout.write(f"{token.pk}  {token.scope}, until {token.expires_at:%Y-%m-%d}")
        self.stdout.write(f"Token, shown only now: {secret}")

    def do_list(self, options: dict[str, Any]) -> None:
        """An owner's tokens, a line each."""
        person = selectors.account_called(options["email"]).person
        for token in ServiceToken.objects.filter(owner=person).select_related("team").order_by("-created_at"):
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
            ended = " (revoked)" if token.revoked_at else ""
            until = f"until {token.expires_at:%Y-%m-%d}"
            self.stdout.write(f"{token.pk}  {token.name}{ended}  {token.scope}  {until}  last used {used}")

    def do_revoke(self, options: dict[str, Any]) -> None:
        """End one of an owner's tokens."""
        access = access_for(selectors.account_called(options["email"]))
        token = tokens.revoke(access, options["id"], by=BY)
        self.stdout.write(f"{token.name} is revoked.")
