"""What the list of integrations is narrowed to: by words in the address, each of which the database answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, TextChoices
from django.http import QueryDict

from controlplane.foundation.errors import BadInput
from controlplane.inventory.models import Integration, Layer, Pattern, Stage
from controlplane.people.access import Access

CHOICES: Final[Mapping[str, tuple[str, type[TextChoices]]]] = {
    "stage": ("Stage", Stage),
    "layer": ("Layer", Layer),
    "pattern": ("Pattern", Pattern),
}
#: Of which the person is the owner or the deputy.
ME: Final = "me"
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The words that the address has, by their names."""

    words: Mapping[str, str] = field(default_factory=dict)

    def of(self, found: QuerySet[Integration], access: Access) -> QuerySet[Integration]:
        """Those that are so."""
        found = found.filter(**{name: word for name, word in self.words.items() if name in CHOICES})
        if "owner" in self.words:
            found = found.filter(Q(owner=access.person_id) | Q(deputy=access.person_id))
        if text := self.words.get("q"):
            parts = Q(name__icontains=text) | Q(slug__icontains=text) | Q(purpose__icontains=text)
            found = found.filter(parts | Q(team__name__icontains=text) | Q(process__name__icontains=text))
        return found

    def query(self, **more: str) -> str:
        """The query of an address with these words and others; empty where there are none."""
        words = {name: word for name, word in {**self.words, **more}.items() if word}
        return f"?{urlencode(words)}" if words else ""

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The selects of the form."""
        return [
            {"name": name, "label": label, "options": choices.choices, "value": self.words.get(name, "")}
            for name, (label, choices) in CHOICES.items()
        ]

    @property
    def mine(self) -> bool:
        """Whether only the person's own are shown."""
        return "owner" in self.words

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.words.get("q", "")


def narrowing_of(asked: QueryDict) -> Narrowing:
    """What an address says; :class:`BadInput` for a word that is none."""
    words = {name: asked.get(name, "") for name in (*CHOICES, "owner", "q")}
    for name, (_, choices) in CHOICES.items():
        if words[name] not in {"", *choices.values}:
            raise BadInput(f"{name}={words[name]!r} is none of {', '.join(choices.values)}.", field=name)
    if words["owner"] not in {"", ME}:
        raise BadInput("owner= can be me.", field="owner")
    if len(words["q"]) > LONGEST or "\0" in words["q"]:
        raise BadInput(f"q= is a text of {LONGEST} characters at most.", field="q")
    return Narrowing({name: word for name, word in words.items() if word})
