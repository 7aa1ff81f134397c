"""``make shots``: every page as the people of the sandbox see it, beside its prototype, on one sheet.

A sandbox of its own is started, watched until its first trouble has left something to look at, and used a little; after
it an installation that is still empty. Pages are taken in light and dark on a desk and in light on a telephone, into
``var/screenshots/``; ``index.html`` there is the sheet, and ``sheet.png`` the same as one picture. Prototypes come from
a folder that is named, or from ``../shared/ux/shots``. While mending pages: ``--running --only schedules``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from controlplane.standalone.choices import PROJECT, chosen_places, web_port
from tests.browser.windows import CHROMIUM, PHONE, WIDE
from tests.standalone.installed import Installation

#: The bad release of the sandbox's first hour has begun by then, and Stripe has refused some of it.
PATIENCE = 420.0
PROTOTYPES = PROJECT.parent / "shared" / "ux" / "shots"
#: Pages are taken to their end, or this many pixels of them.
TALLEST = 2600
#: The look's name, its window, the colours asked for, and how the prototype's picture in this look ends.
LOOKS = (
    ("light", WIDE, "light", "light"),
    ("dark", WIDE, "dark", "dark"),
    ("phone", PHONE, "light", "light-mobile"),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: who looks at it, its address, what is pressed there one after another, and its prototype's name."""

    name: str
    who: str
    path: str
    prototype: str = ""
    press: tuple[str, ...] = ()

    @property
    def differs(self) -> str:
        """Where the page departs from its prototype, and why."""
        return DIFFERS.get(self.name, "")


A_JOB = "/integrations/account-to-customer/jobs/stripe-customers/"
#: What opens a cause, and a letter of the one that is open.
A_CAUSE = "main tbody a[href*='open=']"
A_LETTER = "#nest-cause input[name='item']"
SHOTS = (
    Shot("Welcome", "", "/welcome/", "welcome"),
    Shot("Sign in", "", "/signin/", "signin"),
    Shot("Overview", "greta", "/overview/", "overview"),
    Shot("Transactions", "elif", "/tx/", "transactions"),
    Shot("What failed", "elif", "/tx/?q=status:dead&facets=1", "transactions"),
    Shot("One transaction", "elif", "/tx/?q=status:dead", "transactions", ("#found a[href^='/tx/']",)),
    Shot("Saved views", "elif", "/tx/views/"),
    Shot("Exports", "elif", "/tx/exports/"),
    Shot("Dead letters", "mara", "/tx/dead/", "dead", (A_CAUSE,)),
    Shot("One cause", "mara", "/tx/dead/", "", ("main tbody a.link.fw",)),
    Shot("Dry run", "mara", "/tx/dead/", "dead", (A_CAUSE, A_LETTER, "text=Replay…")),
    Shot("Replays", "mara", "/tx/replays/"),
    Shot("One replay", "mara", "/tx/replays/", "replay", ("main tbody a",)),
    Shot("Destinations", "mara", "/tx/destinations/"),
    Shot("One destination", "mara", "/tx/destinations/stripe/"),
    Shot("Integrations", "mara", "/integrations/", "integrations"),
    Shot("One integration", "mara", "/integrations/order-to-invoice/", "integration"),
    Shot("Schedules", "mara", "/integrations/schedules/", "schedules"),
    Shot("One job", "ana", A_JOB),
    Shot("One run", "ana", A_JOB, "run", ("#live tbody a",)),
    Shot("Settings of an integration", "mara", "/integrations/order-to-invoice/settings/"),
    Shot("Timeline", "mara", "/integrations/order-to-invoice/timeline/"),
    Shot("Promote", "mara", "/integrations/order-to-invoice-staging/promote/"),
    Shot("Map", "mara", "/integrations/map/", "map"),
    Shot("Around one system", "mara", "/integrations/map/?about=system:odoo&hops=1", "map"),
    Shot("What breaks", "mara", "/integrations/map/?about=system:odoo&stop=system:odoo", "map"),
    Shot("Systems", "mara", "/integrations/systems/"),
    Shot("One system", "mara", "/integrations/systems/odoo/"),
    Shot("Processes", "mara", "/integrations/processes/"),
    Shot("One process", "mara", "/integrations/processes/", "", ("main tbody a",)),
    Shot("Interfaces", "mara", "/integrations/apis/"),
    Shot("Import", "oskar", "/integrations/apis/import/"),
    Shot("Discovered", "mara", "/integrations/discovered/"),
    Shot("Patterns", "mara", "/integrations/patterns/", "patterns"),
    Shot("A guide", "mara", "/integrations/order-to-invoice/decide/joining/", "patterns"),
    Shot("Contracts", "mara", "/data/contracts/"),
    Shot("One contract", "mara", "/data/contracts/sale-order/"),
    Shot("Ownership", "oskar", "/data/ownership/", "ownership"),
    Shot("One cell", "oskar", "/data/ownership/", "ownership", ("[data-cell][href*='cell=']",)),
    Shot("Propose a version of a contract", "mara", "/data/contracts/sale-order/propose/"),
    Shot("Entities", "oskar", "/data/entities/"),
    Shot("One entity", "oskar", "/data/entities/customer/"),
    Shot("Identities", "elif", "/data/identities/"),
    Shot("One identity", "elif", "/data/identities/", "", ("main tbody a",)),
    Shot("Policies", "jonas", "/access/policies/"),
    Shot("One policy", "jonas", "/access/policies/runbook-for-critical/"),
    Shot("Scorecards", "jonas", "/access/scorecards/"),
    Shot("Changes", "jonas", "/changes/"),
    Shot("One change", "jonas", "/changes/", "change", ("main tbody a",)),
    Shot("Boards", "jonas", "/changes/boards/"),
    Shot("One board", "jonas", "/changes/boards/integration/"),
    Shot("A meeting", "jonas", "/changes/boards/integration/", "board", ("main a[href^='/changes/board/']",)),
    Shot("Decision log", "jonas", "/changes/log/"),
    Shot("Jump to", "mara", "/search/"),
    Shot("Notifications", "mara", "/notifications/"),
    Shot("Settings", "mara", "/settings/"),
    Shot("Audit", "priya", "/access/audit/"),
    Shot("API tokens", "oskar", "/access/tokens/"),
    Shot("API reference", "oskar", "/api/docs/"),
    Shot("Component gallery", "oskar", "/gallery/"),
    Shot("No such page", "mara", "/tx/0/"),
    Shot("Not for you", "elif", "/access/audit/"),
)
#: Where a page departs from its prototype. What needs a part that does not exist yet says so instead of being drawn.
DIFFERS = {
    "Welcome": "Six people instead of four: operator and auditor have tasks too. It tells the story of the hour.",
    "Sign in": "One way in, since there is no single sign-on yet; the sandbox's people are on the page it leads to.",
    "Overview": "No targets, budgets or incidents yet, so it says arrived and not on track, and explains its own line.",
    "Transactions": "A tab row, because exports and destinations are near; the newest is open, not the worst.",
    "What failed": "Facets beside the list, each with its count, where the prototype has chips alone.",
    "Dead letters": "The replay is a page of its own, with an address that can be sent; no incident is linked yet.",
    "Dry run": "What each target does on repeat comes first. Which letter would fail again is not guessed.",
    "One replay": "No canary yet. What was agreed and what came back are as in the prototype.",
    "Integrations": "Jobs instead of contract and score, which are not governed yet; received and p95 are added.",
    "One integration": "One hop, drawn and as a table with its steps; no scorecard before there are rules to keep.",
    "Schedules": "Collisions are looked for a day ahead; a better time is named, and changed in the estate's document. "
    "The list stays, one press away.",
    "One run": "No reconciliation or mapping tab yet. What changed has its own transactions, as in the prototype.",
    "First integration": "Without the sandbox the page is a form and then follows the first event.",
}

#: Those of an installation without the sandbox, as its first operator sees them.
EMPTY = (
    Shot("First integration", "first", "/welcome/", "welcome"),
    Shot("Nothing carried yet", "first", "/tx/"),
    Shot("No promise kept yet", "first", "/overview/", "overview"),
)


def main() -> None:
    """Take them all."""
    words = argparse.ArgumentParser(prog="make shots", description=__doc__.partition("\n")[0] if __doc__ else "")
    words.add_argument("--beside", type=Path, default=PROTOTYPES, help="the folder of the prototypes' pictures")
    words.add_argument(
        "--running", action="store_true", help="of the sandbox that runs here, instead of one begun anew"
    )
    words.add_argument("--only", default="", help="pages with this word in their name alone")
    choice = words.parse_args()
    folder = PROJECT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for installation, people, shots in _installations(browser, running=choice.running):
            _take(
                browser, installation, people, [one for one in shots if choice.only.lower() in one.name.lower()], folder
            )
        (folder / "index.html").write_text(_sheet(folder, choice.beside))
        _as_one_picture(browser, folder)
        browser.close()
    _tell(f"{folder / 'index.html'}\n{folder / 'sheet.png'}")


def _installations(
    browser: Browser, *, running: bool
) -> Iterator[tuple[Installation, Mapping[str, tuple[str, str]], Sequence[Shot]]]:
    """Each installation with its people's sign-ins, once there is something to see, and the pages to take there."""
    if running:
        here = Installation(chosen_places().var, web_port(), "")
        yield here, _sign_ins(here), SHOTS
        return
    with Installation.of_its_own(INTERLOCK_SANDBOX="on") as sandbox:
        _tell("Starting a sandbox.")
        sandbox.start()
        people = _sign_ins(sandbox)
        _until_something_failed(browser, sandbox, people)
        _use(browser, sandbox, people)
        yield sandbox, people, SHOTS
    with Installation.of_its_own() as empty:
        _tell("Starting an empty installation.")
        empty.start()
        email, password = empty.places.first_sign_in.read_text().split()
        yield empty, {"first": (email, password)}, EMPTY


def _take(
    browser: Browser,
    installation: Installation,
    people: Mapping[str, tuple[str, str]],
    shots: Sequence[Shot],
    folder: Path,
) -> None:
    for look, window, scheme, _ in LOOKS:
        for shot, page in _visited(browser, installation, people, shots, window, scheme):
            tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
            # The window itself is made as high, so that what sticks to its edges does so at the edges of the picture.
            page.set_viewport_size({"width": window["width"], "height": max(tall, window["height"])})
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{_file(shot)}-{look}.png")
        _tell(f"{len(shots)} pages, {look}.")


def _sign_ins(sandbox: Installation) -> Mapping[str, tuple[str, str]]:
    """E-mail address and password by first name."""
    lines = (sandbox.var / "sandbox" / "sign-ins").read_text().splitlines()
    pairs = [line.split() for line in lines if line.strip()]
    return {email.partition("@")[0]: (email, password) for email, password in pairs}


def _until_something_failed(browser: Browser, sandbox: Installation, people: Mapping[str, tuple[str, str]]) -> None:
    context = _signed_in(browser, sandbox, people["mara"], WIDE, "light")
    page, end = context.new_page(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(sandbox.url("/tx/dead/"))
        if page.locator("main tbody tr").count():
            break
        page.wait_for_timeout(5000)
    else:
        _tell("Nothing has failed yet; the pages are taken as they are.")
    context.close()


def _use(browser: Browser, sandbox: Installation, people: Mapping[str, tuple[str, str]]) -> None:
    """What only people leave behind: a replay, a search that was saved, and a run that did not wait for its slot."""
    context = _signed_in(browser, sandbox, people["mara"], WIDE, "light")
    page = context.new_page()
    page.goto(sandbox.url("/tx/dead/"))
    for press in (A_CAUSE, A_LETTER, "text=Replay…"):
        page.locator(press).first.click()
    page.get_by_label("Reason").fill("Stripe takes tax ids with spaces again.")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/tx/replays/*/")
    context.close()
    context = _signed_in(browser, sandbox, people["elif"], WIDE, "light")
    page = context.new_page()
    page.goto(sandbox.url("/tx/?q=status:dead"))
    page.get_by_role("button", name="Save view").click()
    page.get_by_label("Name").fill("Failed, all teams")
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_url("**/tx/**view=*")
    context.close()
    context = _signed_in(browser, sandbox, people["ana"], WIDE, "light")
    page = context.new_page()
    page.goto(sandbox.url(f"{A_JOB}?ask=start"))
    page.locator("#start-dialog").get_by_label("Reason").fill("The first customers, before the hour.")
    page.locator("#start-dialog").get_by_role("button", name="Run").click()
    page.wait_for_url("**/runs/*/")
    context.close()


def _visited(
    browser: Browser,
    sandbox: Installation,
    people: Mapping[str, tuple[str, str]],
    shots: Sequence[Shot],
    window: Mapping[str, int],
    scheme: str,
) -> Iterator[tuple[Shot, Page]]:
    """Each page, as it is once it has come to rest."""
    contexts: dict[str, BrowserContext] = {}
    for shot in shots:
        if shot.who not in contexts:
            contexts[shot.who] = _signed_in(browser, sandbox, people.get(shot.who), window, scheme)
        page = contexts[shot.who].new_page()
        page.goto(sandbox.url(shot.path))
        for press in shot.press:
            if (found := page.locator(press)).count():
                found.first.click()
                page.wait_for_load_state()
        page.wait_for_timeout(700)
        yield shot, page
        page.close()
    for context in contexts.values():
        context.close()


def _signed_in(
    browser: Browser,
    sandbox: Installation,
    who: tuple[str, str] | None,
    window: Mapping[str, int],
    scheme: str,
) -> BrowserContext:
    context = browser.new_context(viewport=dict(window), color_scheme=scheme)  # type: ignore[arg-type]
    if who is not None:
        page = context.new_page()
        page.goto(sandbox.url("/signin/"))
        page.get_by_label("E-mail").fill(who[0])
        page.get_by_label("Password").fill(who[1])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/signin/" not in url)
        page.close()
    return context


# -- the sheet ------------------------------------------------------------------------------------

STYLE = """
body { font: 14px system-ui, sans-serif; margin: 24px; background: #f4f4f2; color: #222 }
section { margin-block-end: 36px } section p { margin: 0 0 8px; color: #555 } h2 { margin: 0 0 8px; font-size: 16px }
.row { display: flex; gap: 12px; align-items: flex-start }
figure { margin: 0 } figcaption { font-size: 12px; color: #666 }
img { inline-size: 460px; max-block-size: 420px; object-fit: cover; object-position: top; border: 1px solid #ccc }
img.phone { inline-size: 150px }
"""


def _sheet(folder: Path, beside: Path) -> str:
    rows = "".join(
        f"<section><h2>{escape(_title(shot))}</h2><p>{escape(shot.differs)}</p>{_row(shot, folder, beside)}</section>"
        for shot in (*SHOTS, *EMPTY)
        if (folder / f"{_file(shot)}-light.png").exists()
    )
    return f"<!doctype html><meta charset=utf-8><title>Pages</title><style>{STYLE}</style><h1>Pages</h1>{rows}"


def _title(shot: Shot) -> str:
    return f"{shot.name}, {shot.path}" + (f", as {shot.who.capitalize()}" if shot.who else "")


def _row(shot: Shot, folder: Path, beside: Path) -> str:
    figures = ""
    for look, _, _, ending in LOOKS:
        figures += _figure(f"{_file(shot)}-{look}.png", look, look)
        prototype = beside / f"{shot.prototype}-{ending}.png"
        if prototype.exists():
            copy = shutil.copyfile(prototype, folder / f"prototype-{shot.prototype}-{look}.png")
            figures += _figure(copy.name, look, f"the prototype, {look}")
    return f'<div class="row">{figures}</div>'


def _figure(file: str, kind: str, words: str) -> str:
    picture = f'<a href="{file}"><img class="{kind}" src="{file}" alt=""></a>'
    return f"<figure>{picture}<figcaption>{escape(words)}</figcaption></figure>"


def _as_one_picture(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 2260, "height": 900})
    page.goto((folder / "index.html").as_uri())
    page.wait_for_timeout(500)
    page.screenshot(path=folder / "sheet.png", full_page=True)
    page.close()


def _file(shot: Shot) -> str:
    return shot.name.lower().replace(" ", "-")


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
