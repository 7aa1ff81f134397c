"""How somebody works with a page: by mouse, or by keyboard alone. A story reads the same for both."""

from __future__ import annotations

from abc import ABC, abstractmethod

from playwright.sync_api import Locator, Page, expect

#: A page has fewer places than this that Tab comes to.
MOST_TABS = 250
HAS_FOCUS = "element => element === document.activeElement"


class Hands(ABC):
    """``page`` is the one they work on."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, control: Locator, key: str = "") -> None:
        """Use a link or a button; who has only keys takes the single letter that the page offers for it, if any."""

    @abstractmethod
    def write(self, field: Locator, text: str) -> None:
        """Put the text into a field, in place of what is there."""

    @abstractmethod
    def choose(self, field: Locator, label: str) -> None:
        """Take the entry of that name in a list of choices."""


class Mouse(Hands):
    """Points and clicks, and types only text."""

    def press(self, control: Locator, key: str = "") -> None:
        control.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        field.select_option(label=label)


class Keys(Hands):
    """Tab, Enter, letters: nothing else. What Tab does not come to, they cannot use."""

    def press(self, control: Locator, key: str = "") -> None:
        expect(control).to_be_visible()
        if key:
            self.page.keyboard.press(key)
            return
        self._come_to(control)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._come_to(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self._come_to(field)
        self.page.keyboard.press("Home")
        for _ in field.locator("option").all():
            if field.locator("option:checked").inner_text() == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{field} offers no {label!r}")

    def _come_to(self, place: Locator) -> None:
        expect(place).to_be_visible()
        for _ in range(MOST_TABS):
            if place.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {place}")
