"""One call's messages on their way: each to its partition, in their order, whoever leads it at the moment.

A partition's messages stand in a queue of batches. Every leader is served by a task of its own, so that one that is
slow holds up none of the others; of a partition one batch is under way at a time, so that nothing overtakes.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from connectors import streams
from connectors.cloudevents import Message
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, Rejected
from connectors.guard import Service
from connectors.kafka.meaning import ELSEWHERE, NO_LEADER, UNKNOWN_TOPIC, refusal, unsent
from connectors.kafka.records import Record, batch, partition
from connectors.kafka.session import Node, Place, Session, Topic, Written
from connectors.messages import Receipt
from connectors.publishing import Outbox
from connectors.streams import Gone

PREFIX = "ce_"
#: A batch is closed before it grows beyond this: below the 1 MiB that topics take unless they were told otherwise.
LARGEST_BATCH = 900_000
#: What a record takes besides its key, value and headers, at most.
_AROUND = 64
#: The seconds before each look at who leads what. A new leader is known to all within some of them.
LOOKS = (0.0, 0.1, 0.4)

Batch = list[int]


class Sending:
    """The messages of one call.

    ``connect`` signs in at an address; ``judge`` gives that of a node, or raises ``Refused``. ``at`` is the records'
    time (milliseconds since 1970), ``patience`` how long a leader may wait for its replicas (milliseconds).
    """

    def __init__(
        self,
        messages: Mapping[int, Message],
        outbox: Outbox,
        *,
        connect: Callable[[Service], Awaitable[Session]],
        judge: Callable[[Node], Service],
        at: int,
        patience: int,
    ) -> None:
        self._messages = messages
        self._outbox = outbox
        self._connect = connect
        self._judge = judge
        self._at = at
        self._patience = patience
        self._sessions: dict[Service, Session] = {}
        self._unplaced = list(messages)
        self._missing: dict[str, int] = {}
        self._leaders: dict[Place, Node | None] = {}
        self._queues: dict[Place, deque[Batch]] = {}
        self._tries: Counter[int] = Counter()

    async def run(self, bootstrap: Service) -> None:
        """Send all of them; ``bootstrap`` is asked who leads what. Raises what the broker there raises."""
        try:
            for pause in LOOKS:
                await asyncio.sleep(pause)
                await self._find(bootstrap)
                await self._serve_all()
                if not self._unplaced and not self._queues:
                    return
            self._give_up()
        finally:
            await asyncio.gather(*(session.close() for session in self._sessions.values()))

    # -- where to ---------------------------------------------------------------------------------------------

    async def _find(self, bootstrap: Service) -> None:
        wanted = {self._messages[number].topic for number in self._unplaced} | {place.topic for place in self._queues}
        cluster = await (await self._session(bootstrap)).find(sorted(wanted))
        for name in wanted:
            self._learn(name, cluster.topics.get(name, Topic(UNKNOWN_TOPIC, {})))

    def _learn(self, name: str, topic: Topic) -> None:
        """Who leads its partitions, and which messages go to which; or why nobody knows."""
        if topic.error in ELSEWHERE or not (topic.error or topic.leaders):
            self._missing[name] = UNKNOWN_TOPIC if topic.error == UNKNOWN_TOPIC else NO_LEADER
            return
        mine = [number for number in self._unplaced if self._messages[number].topic == name]
        self._unplaced = [number for number in self._unplaced if number not in mine]
        if topic.error:
            self._settle(mine, unsent(topic.error))
            return
        self._leaders |= {Place(name, number): leader for number, leader in topic.leaders.items()}
        for place, numbers in self._placed(name, mine, len(topic.leaders)).items():
            self._queues[place] = deque(self._batches(numbers))

    def _placed(self, name: str, numbers: Iterable[int], count: int) -> dict[Place, list[int]]:
        """By partition. One without a key goes by its id: anywhere, and to the same place when it is sent again."""
        found: dict[Place, list[int]] = {}
        for number in numbers:
            message = self._messages[number]
            place = Place(name, partition(key_of(message) or message.id.encode(), count))
            found.setdefault(place, []).append(number)
        return found

    def _batches(self, numbers: Iterable[int]) -> list[Batch]:
        """In their order, each no larger than a topic takes, or of one message."""
        found: list[Batch] = []
        room = 0
        for number in numbers:
            size = _size(self._messages[number])
            if not found or size > room:
                found.append([])
                room = LARGEST_BATCH
            found[-1].append(number)
            room -= size
        return found

    # -- there ------------------------------------------------------------------------------------------------

    async def _serve_all(self) -> None:
        """Every leader's partitions, all leaders at the same time; by address, since two nodes may share one."""
        led: dict[Service, list[Place]] = {}
        for place in list(self._queues):
            if (leader := self._leaders.get(place)) is None:
                continue
            try:
                led.setdefault(self._judge(leader), []).append(place)
            except Refused as error:
                self._abandon([place], error)
        async with asyncio.TaskGroup() as group:
            for service, places in led.items():
                group.create_task(self._serve(service, places))

    async def _serve(self, service: Service, places: list[Place]) -> None:
        """Batch after batch, until all are written, refused, or led by somebody else."""
        try:
            open_session = await self._session(service)
            while heads := {place: self._queues[place][0] for place in places if place in self._queues}:
                written, rest = await self._produce(open_session, heads)
                places = [place for place in heads if self._goes_on(place, written.get(place), rest)]
        except (Gone, ConnectorError) as error:
            self._abandon(places, streams.broken(error, service.host))
            if session := self._sessions.pop(service, None):
                await session.close()

    async def _produce(self, session: Session, heads: Mapping[Place, Batch]) -> tuple[dict[Place, Written], float]:
        batches = {}
        for place, numbers in heads.items():
            records = [_record(self._messages[number]) for number in numbers]
            # In a thread: the check sum of a megabyte takes a while, and others wait for the loop.
            batches[place] = await asyncio.to_thread(batch, records, self._at)
        for number in (number for numbers in heads.values() for number in numbers):
            self._outbox.leaves(number)
            self._tries[number] += 1
        return await session.produce(batches, self._patience)

    async def _session(self, service: Service) -> Session:
        if service not in self._sessions:
            self._sessions[service] = await self._connect(service)
        return self._sessions[service]

    # -- what became of it --------------------------------------------------------------------------------------

    def _goes_on(self, place: Place, written: Written | None, rest: float) -> bool:
        """Settle the batch that was answered; whether the next one may be sent to the same leader."""
        queue = self._queues[place]
        if written is None:
            self._drop(place)
            return False
        if written.error in ELSEWHERE:
            return False
        head = queue.popleft()
        error = refusal(written.error, rest) if written.error else None
        if error is None:
            self._receive(place, head, written.offset, rest)
        elif isinstance(error, Rejected) and len(head) > 1:
            # None of them is written, and one of them is why: by itself each is known.
            queue.extendleft([number] for number in reversed(head))
        else:
            self._settle(head, error)
            if not isinstance(error, Rejected):
                self._drop(place, error)
                return False
        if not queue:
            self._drop(place)
        return bool(queue)

    def _receive(self, place: Place, numbers: Sequence[int], offset: int, rest: float) -> None:
        for further, number in enumerate(numbers):
            where = f"{place.topic}/{place.partition}/{offset + further}"
            self._outbox.settle(number, Receipt(where, calls=self._tries[number], rest=rest or None))

    def _drop(self, place: Place, error: ConnectorError | None = None) -> None:
        """Send nothing more there in this call: what waits behind must not overtake."""
        for numbers in self._queues.pop(place):
            if error is not None and not isinstance(error, OutcomeUnknown):
                self._settle_unsent(numbers, error)

    def _abandon(self, places: Iterable[Place], error: ConnectorError) -> None:
        """Their leader cannot be spoken to, or not any more: what had left is unknown, the rest has not left."""
        for place in places:
            for numbers in self._queues.pop(place, ()):
                self._settle_unsent(numbers, error)

    def _give_up(self) -> None:
        """Nobody leads these partitions, or knows these topics."""
        for number in self._unplaced:
            self._outbox.settle(number, unsent(self._missing[self._messages[number].topic]))
        for queue in self._queues.values():
            for numbers in queue:
                self._settle_unsent(numbers, unsent(NO_LEADER))
                self._settle(
                    numbers, OutcomeUnknown("the partition found no leader that says whether it has the message")
                )

    def _settle_unsent(self, numbers: Iterable[int], error: ConnectorError) -> None:
        waiting = set(self._outbox.waiting)
        self._settle((number for number in numbers if number not in waiting), error)

    def _settle(self, numbers: Iterable[int], error: ConnectorError) -> None:
        for number in numbers:
            self._outbox.settle(number, error)


def key_of(message: Message) -> bytes | None:
    """What keeps events in order: the attribute ``partitionkey``, else ``subject``; ``None`` without either."""
    found = message.attributes.get("partitionkey") or message.attributes.get("subject")
    return found.encode() if found else None


def _record(message: Message) -> Record:
    return Record(key_of(message), message.body, _headers(message))


def _headers(message: Message) -> dict[str, str]:
    """The binding's headers; the id in any mode, so that consumers can tell an event that comes again."""
    return {"content-type": message.content_type, **message.headers(PREFIX), f"{PREFIX}id": message.id}


def _size(message: Message) -> int:
    texts = (text for pair in _headers(message).items() for text in pair)
    return len(message.body) + len(key_of(message) or b"") + sum(len(text.encode()) + 4 for text in texts) + _AROUND
