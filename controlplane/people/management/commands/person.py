"""``manage.py person …``: people, their sign-ins and roles, from the command line."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from controlplane.audit.models import Actor, Via
from controlplane.foundation.errors import Problem
from controlplane.people import selectors, services
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role

BY = services.By(Actor(label="manage.py person"), Via.COMMAND)


class Command(BaseCommand):
    """Adds people, gives and takes roles, sets passwords, closes accounts, lists everyone."""

    help = "Adds people, gives and takes roles, sets passwords, closes accounts, lists everyone."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command a verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="a new person with a sign-in")
        add.add_argument("email")
        add.add_argument("name")
        _takes_roles(add, required=False)
        _takes_password(add)
        _takes_roles(_about(verbs.add_parser("role", help="give a role")), required=True)
        _takes_roles(_about(verbs.add_parser("unrole", help="take a role away")), required=True)
        _takes_password(_about(verbs.add_parser("password", help="set a new password")))
        _about(verbs.add_parser("close", help="close an account")).add_argument("--reason", required=True)
        team = verbs.add_parser("team", help="a new team")
        team.add_argument("slug")
        team.add_argument("name")
        verbs.add_parser("list", help="everyone, with their roles")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one verb; what is wrong is said in one line."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def do_add(self, options: dict[str, Any]) -> None:
        """A person, their account and roles, all or nothing."""
        roles = [_role(word) for word in options["role"]]
        password = self._password(options)
        services.create_account(options["email"], options["name"], password, roles, by=BY)
        self.stdout.write(f"{options['name']} can sign in as {options['email']}.")

    def do_role(self, options: dict[str, Any]) -> None:
        """Give roles to the person of an account."""
        account = selectors.account_called(options["email"])
        for role, team in map(_role, options["role"]):
            services.add_to_team(account.person, team, role, by=BY)
        self._show(account)

    def do_unrole(self, options: dict[str, Any]) -> None:
        """Take roles from the person of an account."""
        account = selectors.account_called(options["email"])
        wanted = {(role, team.pk if team else None) for role, team in map(_role, options["role"])}
        for membership in selectors.roles_of(account):
            if (membership.role, membership.team_id) in wanted:
                services.remove_from_team(membership, by=BY)
        self._show(account)

    def do_password(self, options: dict[str, Any]) -> None:
        """Set a new password; open sessions end."""
        account = selectors.account_called(options["email"])
        services.set_password(account, self._password(options), by=BY)
        self.stdout.write(f"The password of {account.email} is set; its open sessions ended.")

    def do_close(self, options: dict[str, Any]) -> None:
        """Close an account; the person and the audit stay."""
        account = selectors.account_called(options["email"])
        services.deactivate(account, reason=options["reason"], by=BY)
        self.stdout.write(f"{account.email} can no longer sign in.")

    def do_team(self, options: dict[str, Any]) -> None:
        """A new team."""
        services.create_team(options["slug"], options["name"], by=BY)
        self.stdout.write(f"Team {options['slug']} exists.")

    def do_list(self, _options: dict[str, Any]) -> None:
        """Everyone, a line each."""
        for account in selectors.everyone():
            self._show(account)

    def _show(self, account: Account) -> None:
        roles = "; ".join(str(role).split(": ", 1)[1] for role in selectors.roles_of(account)) or "no role"
        closed = "" if account.is_active else " (closed)"
        self.stdout.write(f"{account.email}{closed}  {account.person.name}  {roles}")

    def _password(self, options: dict[str, Any]) -> str:
        if options["generate_password"]:
            password = secrets.token_urlsafe(18)
            self.stdout.write(f"Password, shown only now: {password}")
            return password
        if options["password_stdin"]:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            message = "The two passwords differ; nothing was changed."
            raise CommandError(message)
        return password


def _about(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("email")
    return parser


def _takes_roles(parser: ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        required=required,
        metavar="ROLE[:TEAM]",
        help=f"{', '.join(Role.values)}; without a team it counts in the whole company",
    )


def _takes_password(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    how.add_argument("--generate-password", action="store_true", help="make one and print it once")


def _role(word: str) -> tuple[Role, Team | None]:
    name, _, slug = word.partition(":")
    if name not in Role.values:
        message = f"{name!r} is no role; there are: {', '.join(Role.values)}."
        raise CommandError(message)
    return Role(name), selectors.team_called(slug) if slug else None
