"""``manage.py board …``: boards and their members, from the command line."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from controlplane.audit.models import Via
from controlplane.foundation.errors import Invalid, NotFound, Problem
from controlplane.governance.boards.arrange import change_board, make_board, seat_member, unseat_member
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.kinds import kinds
from controlplane.governance.models import Board, BoardMember
from controlplane.people import selectors
from controlplane.people.access import ALL, Access, Action

#: Whoever can run commands on the machine operates the platform.
BY: Final = Access(name="manage.py board", reach=MappingProxyType({Action.OPERATE: ALL}))


class Command(BaseCommand):
    """Makes and changes boards, and names their members and deputies."""

    help = "Makes and changes the boards that decide on changes, and names their members and deputies."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command a verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="all boards with their members")
        verbs.add_parser("kinds", help="all kinds of change")
        add = verbs.add_parser("add", help="a new board")
        add.add_argument("slug")
        add.add_argument("name")
        _values(add, kinds=True)
        change = verbs.add_parser("change", help="other kinds, quorum or required roles")
        change.add_argument("slug")
        _values(change, kinds=False)
        seat = verbs.add_parser("seat", help="give a person a seat, or their seat another role")
        seat.add_argument("slug")
        seat.add_argument("email")
        seat.add_argument("--role", default="", help="on the board, such as security")
        for verb, words in (("unseat", "take a seat away"), ("deputy", "name who votes in a member's place")):
            parsed = verbs.add_parser(verb, help=words)
            parsed.add_argument("slug")
            parsed.add_argument("email", help="of the member")
        parsed.add_argument("deputy", nargs="?", help="their e-mail address; leave it away to have none")
        parsed.add_argument("--until", help="a date, 2026-12-24; until further notice")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do one verb; what is wrong is said in one line."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def do_list(self, _options: dict[str, Any]) -> None:
        """Every board, a line each, and its members below."""
        for board in Board.objects.order_by("slug"):
            self.stdout.write(f"{board.slug}  {board.name}: {', '.join(board.kinds)}; quorum {board.quorum}")
            for seat in board.members.select_related("person", "deputy").order_by("person__name"):
                deputy = f", deputy {seat.deputy}" if seat.deputy else ""
                self.stdout.write(f"  {seat.person}{f', {seat.role}' if seat.role else ''}{deputy}")

    def do_kinds(self, _options: dict[str, Any]) -> None:
        """Every kind of change that an app registers."""
        for name, kind in kinds():
            self.stdout.write(f"{name}  {kind.label}")

    def do_add(self, options: dict[str, Any]) -> None:
        """A new board."""
        board = make_board(BY, options["slug"], options["name"], via=Via.COMMAND, **_given(options))
        self.stdout.write(f"{board.slug} decides on: {', '.join(board.kinds)}. Give it members: manage.py board seat.")

    def do_change(self, options: dict[str, Any]) -> None:
        """Other values of a board."""
        values = _given(options)
        if not values:
            raise Invalid("Say what is to be another.")
        change_board(BY, _board(options["slug"]), via=Via.COMMAND, **values)
        self.stdout.write(f"{options['slug']} is changed.")

    def do_seat(self, options: dict[str, Any]) -> None:
        """A seat for the person of an account."""
        person = selectors.account_called(options["email"]).person
        seat_member(BY, _board(options["slug"]), person, options["role"], via=Via.COMMAND)
        self.stdout.write(f"{person} has a seat.")

    def do_unseat(self, options: dict[str, Any]) -> None:
        """No seat any more."""
        person = selectors.account_called(options["email"]).person
        unseat_member(BY, _board(options["slug"]), person, via=Via.COMMAND)
        self.stdout.write(f"{person} has no seat any more.")

    def do_deputy(self, options: dict[str, Any]) -> None:
        """Who votes in a member's place."""
        member = selectors.account_called(options["email"]).person
        seat = BoardMember.objects.filter(board=_board(options["slug"]), person=member).first()
        if seat is None:
            raise NotFound(f"{member} has no seat there.")
        deputy = selectors.account_called(options["deputy"]).person if options["deputy"] else None
        delegate(BY, seat, deputy, _until(options["until"]), via=Via.COMMAND)
        self.stdout.write(f"{deputy} votes for {member}." if deputy else f"{member} has no deputy.")


def _values(parser: CommandParser, *, kinds: bool) -> None:
    parser.add_argument("--kinds", nargs="+", required=kinds, metavar="KIND", help="see: board kinds; * for all")
    parser.add_argument("--quorum", type=int, help="how many have to vote; 2")
    parser.add_argument("--required-roles", nargs="*", metavar="ROLE", help="roles whose vote for is needed")
    parser.add_argument("--emergency-quorum", type=int, help="how many in an emergency; 1")
    parser.add_argument("--approval-days", type=int, help="how long an approval holds; 14")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    names = ("kinds", "quorum", "required_roles", "emergency_quorum", "approval_days")
    return {name: options[name] for name in names if options.get(name) is not None}


def _board(slug: str) -> Board:
    found = Board.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Board.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise NotFound(f"There is no board {slug!r}; there are: {known}.")
    return found


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    day = parse_date(text)
    if day is None:
        raise Invalid(f"{text!r} is no date; write 2026-12-24.")
    return datetime.combine(day, datetime.max.time(), timezone.get_current_timezone())
