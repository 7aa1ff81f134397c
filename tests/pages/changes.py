"""Changes and a board for the walk of every page."""

from __future__ import annotations

from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.governance.boards.convene import add_point, plan_meeting
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import Asked, vote
from controlplane.governance.models import Board, BoardMember, Choice
from controlplane.people.access import Access
from controlplane.transactions.models import Replay
from controlplane.transactions.replay.governed import change_of
from tests.governance import names
from tests.transactions.factories import Estate, an_account


def changes(here: Estate, owner: Access, oskar: Access, board: Board, asked: Replay, many: int) -> dict[str, object]:
    """What stands where: a change that waits for the board's vote, with words, and as many that others voted on."""
    names.register()
    change = change_of(asked)
    assert change is not None
    board.kinds = ["replay", names.KIND]
    board.save()
    lines = propose(
        owner,
        names.KIND,
        Subject("team", here.team.slug),
        {"name": "Letters", "documents": [{}, {f"letter_{number}": number for number in range(many)}]},
        title="Call it Letters",
        why="It writes them.",
    )
    meeting = plan_meeting(oskar, board, clock.now().astimezone(clock.zone()).date())
    for number in range(many):
        proposed = propose(
            owner,
            names.KIND,
            Subject("team", here.team.slug),
            {"name": f"Billing {number}"},
            title=f"Call it Billing {number}",
            why="Nobody finds us.",
        )
        run_checks(proposed.revision)
        now = proposed.revision
        bound = [Asked(f"Tell the auditors, {number}.")]
        vote(
            oskar,
            proposed.pk,
            Choice.APPROVE,
            "Fine.",
            revision=now.number,
            content_hash=now.content_hash,
            conditions=bound,
        )
        comment(oskar, change.pk, f"Does the ledger know of number {number}?")
        add_point(oskar, meeting, title=f"Hear number {number}")
        BoardMember.objects.create(board=board, person=an_account(f"Member {number}").person)
    return {
        "changes/<int:pk>": change.pk,
        "changes/boards/<slug:slug>": board.slug,
        "changes/board/<day:date>": meeting.date.isoformat(),
        "changes/<int:pk>/lines/": lines.pk,
        "changes/<int:pk>/findings/": lines.pk,
        "changes/<int:pk>/conditions/<int:condition>/": change.pk,
        "changes/<int:pk>/<slug:deed>/": change.pk,
    }
