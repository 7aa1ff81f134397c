"""The gallery shows every part of the kit: whoever makes one, puts it there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from controlplane.people.roles import Role
from tests.console.conftest import SignedIn
from tests.transactions.factories import estate, in_environment

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
#: What is no part of a page within the frame.
ELSEWHERE = {
    "bare.html": "the document of pages without the frame: sign-in and errors",
}


@pytest.mark.django_db
def test_every_part_is_in_it(signed_in: SignedIn) -> None:
    in_environment(estate("trial"), "staging")
    estate()
    shown = {template.name for template in signed_in(Role.OPERATOR).get("/gallery/").templates}
    parts = {f"components/{file.name}" for file in FOLDER.glob("*.html") if file.name not in ELSEWHERE}
    assert parts - shown == set()
    assert len(parts) > 25
