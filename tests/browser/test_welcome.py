"""The first-run page in a real browser: the first integration by keyboard alone, and the sandbox's tour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from controlplane.credentials import providers
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.standalone import running
from controlplane.standalone.places import places
from controlplane.standalone.running import Running
from controlplane.standalone.sandbox import people
from controlplane.standalone.sandbox.marks import Marks
from tests.browser.conftest import PHONE, WIDE, Visit, Visitor

Person = Callable[..., Account]
LOOKS = pytest.mark.parametrize("scheme", ["light", "dark"])
WINDOWS = pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
PARTS = [
    Running("Web server", "http://127.0.0.1:8460", "ok", "answers"),
    Running("Worker", running.STATUS, "bad", "bad"),
    Running("Your own systems", "none yet", "off", ""),
]


@pytest.fixture(autouse=True)
def _places(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and marks of this test's own; the parts are as they are listed above."""
    settings.SECRETS_FOLDER = tmp_path / "secrets"
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    monkeypatch.setattr(running, "parts", lambda **_asked: PARTS)
    providers.forget()


@pytest.fixture
def sandbox(settings: Settings, tmp_path: Path, transactional_db: None) -> Marks:
    """The sandbox is there, with its people."""
    settings.ENVIRONMENT = "sandbox"
    for slug in people.EVERY_TEAM:
        Team.objects.create(slug=slug, name=slug)
    marks = Marks(places(tmp_path))
    people.settle(marks.sign_ins, people.arrive())
    marks.begin()
    return marks


def _well(visitor: Visitor) -> None:
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)


@LOOKS
@WINDOWS
def test_from_the_form_to_the_keys_by_keyboard_alone(
    visit: Visit, person: Person, window: dict[str, int], scheme: str
) -> None:
    visitor = visit(window, color_scheme=scheme).be(person(Role.OPERATOR))
    page = visitor.go("/")
    page.wait_for_url("**/welcome/")
    _well(visitor)

    page.get_by_label("The system that sends").focus()
    page.keyboard.type("Web shop")
    page.keyboard.press("Tab")
    page.keyboard.type("http://10.0.0.1/")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address of the outgoing webhook")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("form .error")).to_contain_text("INTERLOCK_PRIVATE_NETWORKS=127.0.0.1/32 make up")
    _well(visitor)

    page.get_by_label("Address of the outgoing webhook").fill("https://hooks.example.com/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Copy both keys now")).to_be_visible()
    expect(page.locator("#live .runbook > li.done")).to_have_count(3)
    _well(visitor)


def test_what_somebody_types_stays_while_the_steps_are_asked_for(visit: Visit, person: Person) -> None:
    page = visit().be(person(Role.OPERATOR)).go("/welcome/")
    page.get_by_label("The system that sends").fill("Web shop")
    page.get_by_label("Address of the outgoing webhook").fill("https://hooks.example.com/")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.get_by_label("What happened, as a JSON object").fill('{"half": ')
    with page.expect_response("**/welcome/web-shop/"):
        pass
    expect(page.get_by_label("What happened, as a JSON object")).to_have_value('{"half": ')
    expect(page.get_by_role("heading", name="Copy both keys now")).to_be_visible()


@WINDOWS
def test_who_may_not_connect_is_told_so(visit: Visit, person: Person, window: dict[str, int]) -> None:
    visitor = visit(window).be(person(Role.SUPPORT))
    page = visitor.go("/welcome/")
    expect(page.get_by_text("Somebody else makes it")).to_be_visible()
    expect(page.get_by_role("button", name="Make it")).to_have_count(0)
    _well(visitor)


@LOOKS
@WINDOWS
def test_the_tour_is_accessible_and_fits_and_names_what_does_not_run(
    visit: Visit, sandbox: Marks, window: dict[str, int], scheme: str
) -> None:
    visitor = visit(window, color_scheme=scheme)
    page = visitor.go("/")
    page.wait_for_url("**/welcome/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What does not run yet is named below")
    expect(page.get_by_role("row", name="Worker")).to_contain_text("`make up` starts what does not run.")
    _well(visitor)


def test_a_page_that_waits_for_its_parts_says_when_all_run(
    visit: Visit, sandbox: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit().go("/welcome/")
    expect(page.locator("#all-running")).to_have_text("Not all running")
    monkeypatch.setattr(running, "parts", lambda **_asked: [part for part in PARTS if part.kind != "bad"])
    expect(page.locator("#all-running")).to_have_text("All running", timeout=30_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("It runs. Come in as one of these people.")


@pytest.mark.parametrize("javascript", [True, False])
def test_one_is_somebody_with_one_press(visit: Visit, sandbox: Marks, *, javascript: bool) -> None:
    visitor = visit(java_script_enabled=javascript)
    page = visitor.go("/welcome/")
    page.get_by_role("button", name="Be Mara").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/dead/")
    expect(page.get_by_role("complementary", name="Areas")).to_contain_text("Mara Lindqvist")
