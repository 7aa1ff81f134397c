"""A transport that delivers a request and loses the answer: the other side has done it, and we do not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.errors import OutcomeUnknown
from connectors.response import Response
from connectors.transport import Guard, Transport


class LosesAnswers(Transport):
    """Loses the first answer to a request that ``after`` is true of, given its method and what was sent."""

    def __init__(self, after: Callable[[str, dict[str, Any]], bool]) -> None:
        super().__init__(Guard(("127.0.0.0/8",)))
        self._after = after
        self.lost: list[Response] = []

    async def request(self, method: str, url: Any, **sent: Any) -> Response:
        """Send it for real; then lose the answer, once."""
        response = await super().request(method, url, **sent)
        if not self.lost and self._after(method, sent):
            self.lost.append(response)
            raise OutcomeUnknown("the answer was lost on its way")
        return response


class Interrupted(Transport):
    """Lets somebody else act just before the first request that ``before`` is true of."""

    def __init__(self, before: Callable[[str, dict[str, Any]], bool], act: Callable[[], None]) -> None:
        super().__init__(Guard(("127.0.0.0/8",)))
        self._before = before
        self._act = act
        self.acted = False

    async def request(self, method: str, url: Any, **sent: Any) -> Response:
        """Send it, after the other one."""
        if not self.acted and self._before(method, sent):
            self.acted = True
            self._act()
        return await super().request(method, url, **sent)
