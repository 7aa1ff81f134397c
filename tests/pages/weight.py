"""What a page weighs on its way: its document and all that it brings, compressed, without fonts."""

from __future__ import annotations

import gzip
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag

from django.conf import settings
from django.contrib.staticfiles import finders

from controlplane.console.statics import version

_BROUGHT = re.compile(r"""<(?:link[^>]+rel="stylesheet"[^>]*|script[^>]*|img[^>]*|use[^>]*)\s(?:href|src)="([^"]+)\"""")
#: What a file asks for in turn, by its ending.
_ASKS = {
    ".js": re.compile(r"""(?:from|import)\s+"(\./[^"]+)\""""),
    ".css": re.compile(r"""url\(["']?([^"')]+)["']?\)"""),
}
_FONTS = (".ttf", ".woff", ".woff2", ".otf")


def weight(document: bytes) -> int:
    """Bytes of a page as gzip packs it: the document, and each style sheet, script and picture once."""
    files = {file for address in _BROUGHT.findall(document.decode()) for file in _with_imports(_path(address))}
    return len(gzip.compress(document)) + sum(_packed(file) for file in files)


def _path(address: str) -> str:
    return urldefrag(address)[0].removeprefix(settings.STATIC_URL).removeprefix(f"{version()}/")


@cache
def _with_imports(name: str) -> frozenset[str]:
    """The file and what it asks for in turn; nothing for what stands in the document itself."""
    if not name or name.endswith(_FONTS):
        return frozenset()
    asks = _ASKS.get(Path(name).suffix)
    asked = asks.findall(_file(name).read_text()) if asks else []
    here = Path(name).parent
    beside = [os.path.normpath(here / one) for one in asked if not one.startswith(("data:", "#"))]
    return frozenset({name}.union(*(_with_imports(one) for one in beside)))


@cache
def _packed(name: str) -> int:
    return len(gzip.compress(_file(name).read_bytes()))


def _file(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"a page brings {name!r}, and there is no such static file")
    return Path(found)
