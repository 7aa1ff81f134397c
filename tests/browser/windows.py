"""The browser, and the windows that pages are looked at through."""

from __future__ import annotations

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
