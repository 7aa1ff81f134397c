"""What a person can choose about how pages look; the first value of each is the default."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: ``keys``: whether single letters act (WCAG 2.1.4).
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "theme": ("system", "light", "dark"),
        "density": ("standard", "compact", "comfortable"),
        "keys": ("on", "off"),
    }
)
LABELS: Mapping[str, str] = MappingProxyType({"theme": "Theme", "density": "Rows", "keys": "Single-letter keys"})
