"""The browser, and the windows that pages are looked at through."""

from __future__ import annotations

from pathlib import Path

#: The shell is Chromium without what draws windows: the same pages, a fifth sooner. Not every system packages it.
CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if path.exists()),
    Path("/usr/bin/chromium"),
)
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
