"""The component gallery, looked at: nothing of it is wider than the window or inaccessible, and its pictures are kept.

They lie in ``var/screenshots/gallery-*.png``; that every part is in it, ``tests/console/test_gallery.py`` asks.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.standalone.choices import PROJECT
from tests.browser.conftest import PHONE, WIDE, Visit

LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light"), "phone-dark": (PHONE, "dark")}
FOLDER = PROJECT / "var" / "screenshots"


@pytest.mark.parametrize("look", LOOKS)
def test_every_part_in_every_state_is_accessible_fits_and_is_pictured(
    visit: Visit, person: Callable[..., Account], look: str
) -> None:
    window, scheme = LOOKS[look]
    visitor = visit(window, color_scheme=scheme, reduced_motion="reduce").be(person(Role.OPERATOR))
    page = visitor.go("/gallery/")
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    picture = FOLDER / f"gallery-{look}.png"
    page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 50_000
