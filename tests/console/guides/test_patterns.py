"""The catalogue of approved patterns: each with a document that is valid as it stands."""

from __future__ import annotations

import pytest
import yaml
from django.test import Client

from controlplane.audit.models import Actor
from controlplane.console.estate.apply import apply
from controlplane.console.guides.catalogue import Approved, approved
from controlplane.inventory.models import Integration
from controlplane.people.roles import Role
from tests.console.map.test_page import text
from tests.transactions.factories import an_account, estate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pattern", approved(), ids=lambda one: one.name)
def test_every_template_is_applied_as_it_stands_and_again_changes_nothing(pattern: Approved) -> None:
    document = yaml.safe_load(pattern.template)
    first = apply(document, actor=Actor(label="operator"))
    again = apply(document, actor=Actor(label="operator"))
    assert first.created
    assert (again.created, again.changed) == ([], [])
    assert all(words.endswith(".") for words in (*pattern.fits, *pattern.costs))


def test_it_names_the_integrations_that_are_built_so(client: Client) -> None:
    made = estate()
    client.force_login(an_account("Greta Nilsen", Role.SUPPORT, made.team))
    page = text(client.get("/integrations/patterns/"))
    assert "What changed, by night Direct API; batch, micro-batch It fits when" in page
    assert made.integration.name not in page
    Integration.objects.update(pattern="direct", sync_mode="batch")
    page = text(client.get("/integrations/patterns/"))
    by_night = page.partition("What changed, by night")[2].partition("Events to a topic")[0]
    assert f"Built so {made.integration.name}" in by_night
    assert page.count(made.integration.name) == 1
