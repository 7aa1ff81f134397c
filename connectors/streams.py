"""The door for what is not HTTP (invariant 6): a byte stream to a broker, under the same guard as every request.

The name is resolved here, every address of it is judged, and the very address that was judged is connected to. TLS
checks the certificate against the host's name. One deadline holds for everything: it is the caller's
``asyncio.timeout``, and what breaks off inside it comes out as an error of ours (:func:`broken`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Collection

from connectors.errors import ConnectorError, ContractBroken, Refused, Transient
from connectors.guard import Guard, Service
from connectors.resolving import RESOLVING

CONNECT_SECONDS = 5.0
#: So long an address has for itself before the next one is tried beside it (RFC 8305, "Connection Attempt Delay").
STAGGER_SECONDS = 0.25
#: The longest line of a text protocol, and the largest piece of a binary one, that is read into memory.
LONGEST = 1024 * 1024

#: Host and port → addresses; the system's resolver unless a test gives another.
Resolve = Callable[[str, int], Awaitable[list[str]]]


class Gone(Exception):
    """The other side closed the stream, or it broke."""


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name by the system's resolver, in its order."""
    found = await RESOLVING.look_up(host, port)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Stream:
    """One connection. Reads raise :class:`Gone` at its end and ``ContractBroken`` for more than memory should hold."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    async def exactly(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if count > LONGEST:
            raise ContractBroken(f"{self._host} announces {count} bytes, which is more than a broker has to say")
        try:
            return await self._reader.readexactly(count)
        except (asyncio.IncompleteReadError, OSError):
            raise Gone from None

    async def skip(self, count: int) -> None:
        """Let the next ``count`` bytes go by; none of them is kept."""
        while count > 0:
            try:
                piece = await self._reader.read(min(count, LONGEST))
            except OSError:
                raise Gone from None
            if not piece:
                raise Gone
            count -= len(piece)

    async def line(self) -> bytes:
        r"""The next line, without its ``\r\n``."""
        try:
            found = await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            raise ContractBroken(f"{self._host} sends a line that has no end") from None
        except (asyncio.IncompleteReadError, OSError):
            raise Gone from None
        return found[:-2]

    def write(self, data: bytes) -> None:
        """Hand bytes to the connection; they may leave at once."""
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the connection takes more."""
        try:
            await self._writer.drain()
        except OSError:
            raise Gone from None

    async def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on under TLS, where the protocol begins in the clear (NATS)."""
        try:
            await self._writer.start_tls(context, server_hostname=self._host)
        except (OSError, ssl.SSLError) as error:
            raise Transient(f"could not connect to {self._host}: {_cause(error)}; nothing was sent") from None

    def hang_up(self) -> None:
        """Close, and wait for nothing."""
        self._writer.close()

    async def close(self) -> None:
        """Close; what goes wrong now matters to nobody."""
        self.hang_up()
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()


async def open_stream(
    service: Service,
    guard: Guard,
    usual: Collection[int],
    *,
    context: ssl.SSLContext | None = None,
    resolve: Resolve = resolved,
) -> Stream:
    """Connect to the address of ``service`` that answers first; all of them must be allowed.

    ``usual`` are the protocol's own ports. Under TLS from the first byte with ``context``. Raises ``Refused`` or
    ``Transient``; nothing was sent either way.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            addresses = await resolve(service.host, service.port)
            for address in addresses:
                guard.check_service_address(address, service.port, usual)
            return await _first(service, addresses, context)
    except (TimeoutError, OSError, ssl.SSLError) as error:
        raise Transient(f"could not connect to {service.host}: {_cause(error)}; nothing was sent") from None


async def _first(service: Service, addresses: list[str], context: ssl.SSLContext | None) -> Stream:
    """The first address that answers; the last failure is the one that is told.

    The next is tried as soon as one has failed, and beside one that says nothing, which would else take all the time.
    """
    if len(addresses) == 1:
        return await _connected(service, addresses[0], context)
    failure: OSError = OSError(errno.EADDRNOTAVAIL, "no address")
    left, trying = deque(addresses), set[asyncio.Task[Stream]]()
    try:
        while left or trying:
            if left:
                trying.add(asyncio.create_task(_connected(service, left.popleft(), context)))
            patience = STAGGER_SECONDS if left else None
            done, _ = await asyncio.wait(trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                trying.discard(task)
                try:
                    return task.result()
                except OSError as error:
                    failure = error
        raise failure
    finally:
        for task in trying:
            task.add_done_callback(_too_late)
            task.cancel()


async def _connected(service: Service, address: str, context: ssl.SSLContext | None) -> Stream:
    name = service.host if context is not None else None
    opened = await asyncio.open_connection(address, service.port, ssl=context, server_hostname=name, limit=LONGEST)
    return Stream(*opened, service.host)


def _too_late(task: asyncio.Task[Stream]) -> None:
    """Another address was first, or time ran out: what this one opened all the same is not used."""
    if not task.cancelled() and task.exception() is None:
        task.result().hang_up()


def trusting(authority: str = "") -> ssl.SSLContext:
    """TLS that believes the system's authorities, or only ``authority`` (PEM). Raises ``Refused`` for junk."""
    if not authority:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cadata=authority)
    except (ssl.SSLError, ValueError):
        raise Refused("the setting tls_authority holds no certificate in PEM form") from None


def broken(error: Exception, host: str) -> ConnectorError:
    """The error for what broke before anything could take effect."""
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, TimeoutError):
        return Transient(f"{host} did not answer in time; nothing was sent")
    return Transient(f"{host} closed the connection before anything was sent")


def _cause(error: Exception) -> str:
    """Why, in words without addresses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message or 'refused'})"
    if isinstance(error, ssl.SSLError):
        return "the TLS handshake failed"
    if isinstance(error, TimeoutError):
        return "time ran out"
    if isinstance(error, socket.gaierror):
        return "its name was not found"
    return _WORDS.get(error.errno or 0, "the connection broke") if isinstance(error, OSError) else "it broke"


_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.ETIMEDOUT: "time ran out",
    errno.EADDRNOTAVAIL: "no route to the address",
}
