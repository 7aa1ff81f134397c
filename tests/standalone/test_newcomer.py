"""A newcomer's own first integration, without the sandbox, by README's section on it, to the letter.

The commands are README's, and so are the names typed and the buttons pressed. Three things are not: the ports, because
tests share a machine; the packages, which ``make up`` finds installed; and the receiver, which is the test's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from standardwebhooks import Webhook

from controlplane.standalone.choices import PROJECT
from tests.browser.windows import CHROMIUM, WIDE
from tests.standalone.installed import GREETING, Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.xdist_group("newcomer")]

SECTION = "## Your own first integration\n"
README_PORT, README_RECEIVER = "8460", "http://127.0.0.1:9000/"
PATIENCE = 120.0
#: ``make`` as it is where the packages are installed already.
MAKE = 'make() { command make -o "$PWD/.venv/installed" "$@"; }; '


def section() -> str:
    """What README says about it."""
    _, _, after = (PROJECT / "README.md").read_text().partition(SECTION)
    return after.partition("\n## ")[0]


def commands() -> list[str]:
    """Its blocks of commands, in order."""
    return [
        re.sub(r"^ +", "", block, flags=re.MULTILINE) for block in re.findall(r"```\n(.*?)```", section(), re.DOTALL)
    ]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """The newcomer's own program that takes webhooks."""

    def __init__(self) -> None:
        received: list[Received] = []

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                received.append(Received({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self.received = received
        self._server = HTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


@pytest.fixture
def begun() -> Iterator[Installation]:
    """Started by README's first command, in a folder and at a port of its own; its own words turn the sandbox off."""
    with Installation.of_its_own(INTERLOCK_SANDBOX="on") as installation:
        with (installation.var / "terminal").open("w") as terminal:
            process = installation.process = subprocess.Popen(
                ["/bin/bash", "-c", MAKE + commands()[0]],
                cwd=PROJECT,
                env=installation.environment,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                text=True,
            )
        until(lambda: GREETING in installation.said() or process.poll() is not None, within=PATIENCE)
        assert GREETING in installation.said(), installation.said()[-3000:]
        yield installation


def named(words: str) -> str:
    """Words that README names in italics or as code; what it does not name is not typed and not pressed."""
    assert f"*{words}*" in section() or f"`{words}`" in section(), f"README does not name {words!r}"
    return words


def test_readme_leads_from_nothing_to_a_delivered_event(begun: Installation, receiver: Receiver, page: Page) -> None:
    _sign_in_as_printed(begun, page)
    expect(page).to_have_url(begun.url("/welcome/"))

    page.get_by_label("The system that sends").fill(named("Web shop"))
    page.get_by_label("Address of the outgoing webhook").fill(receiver.url if named(README_RECEIVER) else "")
    page.get_by_role("button", name=named("Make it")).click()
    shown = page.get_by_role("status").filter(has_text="Copy both keys now").locator("dd code").all_inner_texts()
    sender_key, receiver_key = shown
    named("/in/web-shop")

    sent = _in_a_second_terminal(begun, sender_key)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    assert sent.stdout.startswith('202 {"id":"')

    (told,) = until(lambda: list(receiver.received), within=PATIENCE)
    Webhook(receiver_key).verify(told.body, told.headers)
    assert json.loads(told.body) == {"type": named("order.placed"), "data": {"number": "S0001"}}

    expect(page.locator("#live .runbook > li.done")).to_have_count(5)
    page.get_by_role("link", name=named("See it")).click()
    page.wait_for_url(re.compile("/tx/[0-9a-f-]{36}/"))
    assert json.loads(sent.stdout[4:])["id"] in page.url
    expect(page.get_by_role("main")).to_contain_text("Succeeded")
    expect(page.get_by_role("main")).to_contain_text(urlsplit(receiver.url).netloc)

    page.goto(begun.url("/welcome/"))
    page.get_by_role("button", name=named("Send it")).click()
    _, told_again = until(lambda: receiver.received[:2] if len(receiver.received) > 1 else [], within=PATIENCE)
    Webhook(receiver_key).verify(told_again.body, told_again.headers)
    assert json.loads(told_again.body)["data"] == {"number": "S0001", "total": "120.00"}
    assert not any(key in begun.said() + _logged(begun) for key in (sender_key, receiver_key))


def _sign_in_as_printed(begun: Installation, page: Page) -> None:
    printed = re.search(r"sign in +(\S+)  (\S+)  \(shown once", begun.said())
    assert printed is not None, begun.said()
    address = re.search(r"Interlock is ready: (\S+)", begun.said())
    assert address is not None
    page.goto(address[1])
    page.get_by_label("E-mail").fill(printed[1])
    page.get_by_label("Password").fill(printed[2])
    page.get_by_role("button", name="Sign in").click()


def _in_a_second_terminal(begun: Installation, key: str) -> subprocess.CompletedProcess[str]:
    """README's second block, where the key is pasted when it is asked for."""
    elsewhere = os.environ | {"INTERLOCK_URL": begun.url("")}
    return subprocess.run(
        ["/bin/bash", "-c", commands()[1]],
        cwd=PROJECT,
        env=elsewhere,
        input=f"{key}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def _logged(begun: Installation) -> str:
    return "".join(log.read_text() for log in begun.places.logs.iterdir())
