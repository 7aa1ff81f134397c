"""SCRAM (RFC 5802, RFC 7677) as a client: the password is proved and not sent, and the broker proves that it knows it.

Kafka takes user and password as they are (no SASLprep), and so does this.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from connectors.errors import AuthFailed, ContractBroken

#: Mechanism → hash.
HASHES = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}
#: Kafka's own least and most: fewer would make a stolen proof cheap to guess from, more would keep this process busy.
ITERATIONS = range(4096, 16_385)
_HEADER = "n,,"


class Scram:
    """One exchange: :meth:`first` is sent, :meth:`final` answers the broker's first word, :meth:`check` its last."""

    def __init__(self, mechanism: str, user: str, password: str, nonce: str = "") -> None:
        self._hash = HASHES[mechanism]
        self._password = password.encode()
        self._nonce = nonce or secrets.token_urlsafe(18)
        name = user.replace("=", "=3D").replace(",", "=2C")
        self._bare = f"n={name},r={self._nonce}"
        self._expected = b""

    def first(self) -> bytes:
        """Who we are, and a number that was never used."""
        return (_HEADER + self._bare).encode()

    def final(self, told: bytes) -> bytes:
        """The proof. Raises ``ContractBroken`` for an answer that is none, or was not made for us."""
        words = _words(told)
        nonce, salt, count = words.get("r", ""), _decoded(words.get("s", "")), words.get("i", "")
        if not nonce.startswith(self._nonce) or nonce == self._nonce or not salt:
            raise ContractBroken("the broker's part of the sign-in (SCRAM) cannot be read")
        if not (count.isascii() and count.isdigit() and len(count) < 6 and int(count) in ITERATIONS):  # noqa: PLR2004 - digits
            raise ContractBroken(
                f"the broker asks for {count[:12]!r} iterations; {ITERATIONS.start} to {ITERATIONS.stop - 1} are done"
            )
        unproved = f"c={base64.b64encode(_HEADER.encode()).decode()},r={nonce}"
        signed = ",".join((self._bare, told.decode("utf-8", "replace"), unproved)).encode()
        return f"{unproved},p={self._proof(signed, salt, int(count))}".encode()

    def check(self, told: bytes) -> None:
        """Raise ``AuthFailed`` unless the broker has proved that it knows the password, too."""
        if not hmac.compare_digest(_decoded(_words(told).get("v", "")), self._expected):
            raise AuthFailed("the broker did not prove that it knows the password: it is not the one it should be")

    def _proof(self, signed: bytes, salt: bytes, count: int) -> str:
        salted = hashlib.pbkdf2_hmac(self._hash, self._password, salt, count)
        client = self._hmac(salted, b"Client Key")
        signature = self._hmac(hashlib.new(self._hash, client).digest(), signed)
        self._expected = self._hmac(self._hmac(salted, b"Server Key"), signed)
        return base64.b64encode(bytes(a ^ b for a, b in zip(client, signature, strict=True))).decode()

    def _hmac(self, key: bytes, content: bytes) -> bytes:
        return hmac.digest(key, content, self._hash)


def plain(user: str, password: str) -> bytes:
    """The one word of SASL PLAIN (RFC 4616)."""
    return f"\x00{user}\x00{password}".encode()


def _words(told: bytes) -> dict[str, str]:
    """``r=…,s=…,i=…`` by letter."""
    pairs = (word.partition("=") for word in told.decode("utf-8", "replace").split(","))
    return {name: value for name, _, value in pairs}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
