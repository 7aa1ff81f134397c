"""What the sandbox leaves below ``var/sandbox``, read without Django: whether there is one, and since when."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from controlplane.standalone.choices import sandbox_wanted, web_port
from controlplane.standalone.places import Places, private_file

#: A loopback address of its own: what is allowed for the sandbox's systems is allowed for nothing else.
ADDRESS = "127.0.0.83"
NETWORK = f"{ADDRESS}/32"


#: The estate of the company.
COMPANY = Path(__file__).with_name("company.yaml")


def systems() -> str:
    """Where its systems answer: at the web server's port, which nobody else has at that address."""
    return f"http://{ADDRESS}:{web_port()}"


@dataclass(frozen=True, slots=True)
class Marks:
    """The files of one installation's sandbox."""

    places: Places

    @property
    def began_file(self) -> Path:
        """When it began, in seconds since 1970, where its systems were to answer, and of which estate."""
        return self.places.sandbox / "began"

    @property
    def sign_ins(self) -> Path:
        """Its people's sign-ins: an address and a password a line."""
        return self.places.sandbox / "sign-ins"

    @property
    def removed_file(self) -> Path:
        """There when somebody has taken it away: it does not come back by itself."""
        return self.places.sandbox / "removed"

    @property
    def is_there(self) -> bool:
        """Whether it is loaded."""
        return self.began_file.exists()

    @property
    def is_due(self) -> bool:
        """Whether this installation, if it is new, is to begin with it."""
        return sandbox_wanted() and not self.is_there and not self.removed_file.exists()

    def minutes(self) -> float:
        """How long it has been there."""
        began, _ = self._began()
        return (time.time() - began) / 60

    @property
    def is_outdated(self) -> bool:
        """Whether its systems are to answer elsewhere than its estate says, or this version has another estate."""
        return self._began()[1] != _today()

    def begin(self) -> None:
        """It is loaded, from now on or as before."""
        began = self._began()[0] if self.is_there else time.time()
        private_file(self.began_file, "\n".join([str(began), *_today(), ""]))
        self.removed_file.unlink(missing_ok=True)

    def _began(self) -> tuple[float, list[str]]:
        try:
            began, *loaded = self.began_file.read_text().split()
            return float(began), loaded
        except (OSError, ValueError):
            return time.time(), []

    def end(self) -> None:
        """It has been taken away."""
        private_file(self.removed_file, "")
        for file in (self.began_file, self.sign_ins):
            file.unlink(missing_ok=True)


def _today() -> list[str]:
    """Where the systems of this version answer, and which estate they have."""
    return [systems(), hashlib.sha256(COMPANY.read_bytes()).hexdigest()[:16]]
