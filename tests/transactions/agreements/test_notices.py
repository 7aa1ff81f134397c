"""Who looks after an integration is told of a new version of what it works by, with what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.governance.changes.apply import apply
from controlplane.people.roles import Role
from tests.console.notifications.given import lines, new
from tests.transactions.agreements.board import deciding, newest, schema
from tests.transactions.conftest import Story
from tests.transactions.factories import a_team, an_account

pytestmark = pytest.mark.django_db


def test_owners_of_integrations_that_work_by_it_are_told(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    here = deciding(story.estate.team)
    owner = an_account("Ana Costa", Role.OWNER, story.estate.team)
    stranger = an_account("Olga Orlova", Role.OWNER, a_team("others"))
    support = an_account("Elif Kaya", Role.SUPPORT, story.estate.team)
    assert lines(owner) == []

    change = here.agreed(
        here.proposed(schema=schema(customer={"type": "integer"}, note={"type": "string"}), breaks="So it is.")
    )
    apply(here.owner, change.pk)

    told = ("Paid invoice v2 was published", "Clean currencies: 1 breaking, 1 risky", change.get_absolute_url())
    assert told in lines(owner)
    assert new(owner) == 1
    assert told not in lines(stranger)
    assert told not in lines(support)

    version = newest()
    assert version.state == "published"
    # Published versions never change: that it is older is said by the clock.
    later = clock.now() + timedelta(days=91)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert told not in lines(owner)
    assert ContractVersion.objects.filter(pk=version.pk).exists()
