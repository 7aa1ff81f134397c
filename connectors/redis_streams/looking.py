"""Whether an event that is sent again was appended before, where its id is remembered no longer.

The server looks through its newest entries by itself, some at a time, and tells only which of the ids are there: what
the entries hold does not travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import ConnectorError, ContractBroken, Rejected
from connectors.messages import Receipt
from connectors.publishing import Result
from connectors.redis_streams.session import Failure, Session

#: So many entries are looked at, newest first; and so many at a time, since the server serves nobody else meanwhile.
MOST_LOOKED_AT = 1000
AT_A_TIME = 20

#: KEYS: stream. ARGV: where to begin, how many entries, then the ids. Answers how many entries there were, the last of
#: them, then id and entry in turn of what was found.
LOOK = """
local wanted = {}
for place = 3, #ARGV do wanted[ARGV[place]] = true end
local entries = redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])
local told = {#entries, ''}
for _, entry in ipairs(entries) do
  told[2] = entry[1]
  for place = 1, #entry[2], 2 do
    if entry[2][place] == 'id' then
      if wanted[entry[2][place + 1]] then
        told[#told + 1] = entry[2][place + 1]
        told[#told + 1] = entry[1]
      end
      break
    end
  end
end
return told
"""


async def look(session: Session, stream: str, wanted: Mapping[str, int]) -> dict[int, Result]:
    """Of the ids that are ``wanted``, each with its message's number: receipts of those that are there.

    And errors of those of which nobody can tell; what is surely not there is not in it.
    """
    missing, found = dict(wanted), dict[int, Result]()
    looked_at, begin = 0, "+"
    while missing and looked_at < MOST_LOOKED_AT:
        session.send("EVAL", LOOK, "1", stream, begin, str(AT_A_TIME), *missing)
        answer = await session.answer()
        if not isinstance(answer, list) or len(answer) < 2 or not isinstance(answer[0], int):  # noqa: PLR2004 - above
            return {**found, **dict.fromkeys(missing.values(), _blind(answer))}
        count, last, *there = answer
        for known, entry in zip(there[::2], there[1::2], strict=False):
            if (number := missing.pop(_text(known), None)) is not None:
                found[number] = Receipt(_text(entry), response=_text(entry).encode(), found=True, calls=0)
        looked_at, begin = looked_at + count, f"({_text(last)}"
        if count < AT_A_TIME:
            return found
    return {**found, **dict.fromkeys(missing.values(), _UNTOLD)}


_UNTOLD = Rejected(
    f"whether an earlier try arrived cannot be told: its id is not remembered any more, and not among the newest "
    f"{MOST_LOOKED_AT} entries",
    detail="key_expired",
)


def _blind(answer: Any) -> ConnectorError:
    if isinstance(answer, Failure):
        return answer.error()
    return ContractBroken("the server's answer is not what the script returns")


def _text(word: Any) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else ""
