"""The page's end of a socket, past the network: ASGI's messages straight to the application."""

from __future__ import annotations

from typing import Any, cast

import orjson
from asgiref.testing import ApplicationCommunicator

from controlplane.asgi import Application

#: Seconds for what does come.
PATIENCE = 20


class Socket:
    """One socket; ``session`` is the cookie that the browser sends with it."""

    def __init__(
        self, application: Application, *, session: str = "", origin: str = "http://localhost", path: str = "/live/"
    ) -> None:
        headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
        if session:
            headers.append((b"cookie", b"sessionid=" + session.encode()))
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        make: Any = ApplicationCommunicator  # asgiref types none of its methods
        self._far = make(application, scope)

    async def open(self) -> int | None:
        """Open it; the code with which it was closed at once, None where it was not."""
        await self._far.send_input({"type": "websocket.connect"})
        answer = await self._far.receive_output(PATIENCE)
        return None if answer["type"] == "websocket.accept" else int(answer.get("code", 1000))

    async def say(self, what: Any) -> None:
        """Send as the page does; text and bytes as they are."""
        kind = "bytes" if isinstance(what, bytes) else "text"
        message = what if isinstance(what, str | bytes) else orjson.dumps(what).decode()
        await self._far.send_input({"type": "websocket.receive", kind: message})

    async def heard(self) -> dict[str, Any]:
        """What is said next."""
        said = await self._far.receive_output(PATIENCE)
        return cast(dict[str, Any], orjson.loads(said["text"]))

    async def is_silent(self) -> bool:
        """Whether nothing is said for a while."""
        return bool(await self._far.receive_nothing(0.2))

    async def ended(self) -> int:
        """The code with which it was closed, whatever was said before."""
        while (said := await self._far.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return int(said["code"])

    async def close(self) -> None:
        """The page goes away."""
        await self._far.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._far.wait(PATIENCE)
