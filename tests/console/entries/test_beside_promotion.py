"""Where a board decides on promotions too: neither asks for what the other has decided, and neither goes past it."""

from __future__ import annotations

import pytest

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.problems import Refused
from controlplane.console.promotion.subject import NAME
from controlplane.contracts.models import VersionState
from controlplane.foundation.errors import Invalid
from controlplane.governance.changes.apply import apply
from controlplane.governance.models import Board, ChangeState, Check, CheckState
from controlplane.transactions.models import FlowVersion
from tests.console.entries.deciding import Deciding, said
from tests.console.promotion.conftest import Here, an_estate, begun

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Here:
    """One board decides on promotions, and on every entry that they change."""
    made = begun(an_estate())
    Board.objects.update(kinds=[NAME, "integration", "flow", "mapping", "normalisation"])
    return made


def board(made: Here) -> Deciding:
    """The same people, proposing entries."""
    return Deciding(made.owner, made.members, Board.objects.get())


def live() -> FlowVersion:
    """What the flow does in production now."""
    return FlowVersion.objects.get(flow__slug="tell", state=VersionState.PUBLISHED)


def test_what_was_promoted_was_decided_and_is_not_asked_again(here: Here) -> None:
    change = here.agreed(here.proposed())
    Check.objects.update(state=CheckState.PASSED)
    assert apply(here.owner, change.pk).state == ChangeState.APPLIED
    assert live().ordering == "event.number"


def test_what_came_by_promotion_is_not_proposed_as_a_flow_of_its_own(here: Here) -> None:
    change = here.agreed(here.proposed())
    Check.objects.update(state=CheckState.PASSED)
    apply(here.owner, change.pk)
    with pytest.raises(Invalid, match=r"decides this \(promotion\), so no document does. Propose it: /integrations/"):
        board(here).proposed("flow", "tell", said("flow", "tell", ordering="event.paid"))
    document = {"flows": {"tell": said("flow", "tell", ordering="event.paid")}}
    with pytest.raises(Refused) as refused:
        apply_estate(document, actor=SYSTEM)
    # Once, by the one that can be asked.
    (problem,) = refused.value.problems
    assert "decides this (promotion)" in problem


def test_until_it_is_promoted_a_flow_is_proposed_as_itself(here: Here) -> None:
    board(here).applied("flow", "tell", said("flow", "tell", ordering="event.paid"))
    assert (live().number, live().ordering) == (2, "event.paid")
