"""A real browser against the real application: uvicorn in a thread, Chromium without a window.

A page that logs an error to the console, throws, or breaks the content security policy fails its test. Screenshots
are not compared: what is asserted is what a person can do, and what axe finds (WCAG 2.2 AA).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright
from pytest_django import Settings

from controlplane.asgi import application
from controlplane.people import services
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.browser.windows import CHROMIUM, PHONE, WIDE

__all__ = ["PHONE", "WIDE"]

PASSWORD = "correct horse battery"
# A busy machine is no defect of a page.
expect.set_options(timeout=20_000)
#: Which of axe's rules hold.
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package", autouse=True)
def _beside_a_loop() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; the tests' own queries run beside it, one at a time."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="package")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of the running application. Each request closes its connection, so tables can be emptied."""
    connection.settings_dict["CONN_MAX_AGE"] = 0
    opened: list[BaseDatabaseWrapper] = []

    def remember(connection: BaseDatabaseWrapper, **_more: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            opened.append(connection)

    connection_created.connect(remember)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, lifespan="off", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="site")
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    connection_created.disconnect(remember)
    # A request whose page was closed under it may have left its connection open.
    for wrapper in opened:
        wrapper.inc_thread_sharing()
        wrapper.close()


class Chromium:
    """One browser for all tests, begun anew when it has crashed: that costs the test it crashed in, and no other."""

    def __init__(self, kind: BrowserType) -> None:
        self._kind = kind
        self._browser: Browser | None = None

    def running(self) -> Browser:
        """The browser."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._kind.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        return self._browser

    def close(self) -> None:
        """End it."""
        if self._browser is not None:
            self._browser.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """The browser; each test gets a context of its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        made = Chromium(playwright.chromium)
        yield made
        made.close()


@dataclass
class Visitor:
    """Somebody at a browser: opens pages, and remembers what the console complained of."""

    site: str
    context: BrowserContext
    page: Page
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the site; with scripts, once they listen."""
        self.page.goto(f"{self.site}{path}")
        if self.scripts:
            self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page

    def be(self, account: Account) -> Visitor:
        """Sign in without the form."""
        client = Client()
        client.force_login(account)
        cookie = client.cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.site}])
        return self

    def violations(self, **options: Any) -> list[str]:
        """What axe finds wrong with the page as it is now: rule and element."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE_SCRIPT)
        # Five hundred rows pass a rule as well: what is told of them, and a selector for each, took most of the time.
        asked = {"runOnly": AXE_RULES, "resultTypes": ["violations"], "selectors": False} | options
        found = self.page.evaluate("async (asked) => (await axe.run(asked)).violations", asked)
        return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


Visit = Callable[..., Visitor]

#: What the content security policy stopped, also where it only reports.
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content security policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture
def visit(chromium: Chromium, site: str, transactional_db: None) -> Iterator[Visit]:
    """``visit(PHONE, color_scheme="dark")``: a fresh browser context, its console watched."""
    made: list[Visitor] = []

    def visited(viewport: dict[str, int] | None = None, **options: Any) -> Visitor:
        context = chromium.running().new_context(viewport=viewport or WIDE, **options)  # type: ignore[arg-type]
        context.add_init_script(TELL_VIOLATIONS)
        visitor = Visitor(site, context, context.new_page(), scripts=options.get("java_script_enabled", True))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("console", lambda said: _complains(said, visitor.complaints))
        made.append(visitor)
        return visitor

    yield visited
    complaints = [complaint for visitor in made for complaint in visitor.complaints]
    for visitor in made:
        visitor.context.close()
    assert complaints == []


def _complains(said: Any, complaints: list[str]) -> None:
    # A refusal with its own page (404, 422) is logged by the browser, and what was under way when the page was left or
    # asked for something newer is logged by htmx; neither is a defect.
    harmless = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")
    if said.type in {"error", "warning"} and not any(words in said.text for words in harmless):
        complaints.append(said.text)


@pytest.fixture
def person(transactional_db: None) -> Callable[..., Account]:
    """``person(Role.OPERATOR)`` or ``person((Role.SUPPORT, team))``: somebody who can sign in."""

    def made(*roles: Role | tuple[Role, Team | None], name: str = "Elif Kaya") -> Account:
        given = [role if isinstance(role, tuple) else (role, None) for role in roles]
        return services.create_account(f"{name.split(maxsplit=1)[0].lower()}@example.test", name, PASSWORD, given)

    return made
