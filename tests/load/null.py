"""The limit of the server: an application that reads the body and answers, and does nothing."""

from __future__ import annotations

from controlplane.transactions.ingress.wire import Receive, Scope, Send

ANSWER = b'{"id":"0193502e-0000-7000-8000-000000000000","status":"accepted"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """202 for everything."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})
