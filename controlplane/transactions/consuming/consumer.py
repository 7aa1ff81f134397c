"""One queue: its messages are stored as the ingress stores webhooks, and confirmed only after their commit.

At most ``prefetch`` messages are under way. Whatever ends this process, a message that was not confirmed comes again,
and is known by its id; one that was confirmed is in the database (invariants 1 and 2). What cannot be taken goes where
the binding says, with the reason in a header, or to the queue's own dead-letter exchange.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable

import psycopg
from django.conf import settings
from pamqp.commands import Basic, Confirm, Queue

from connectors import streams
from connectors.amqp.session import PORTS, Closed, Content, Session, virtual_host
from connectors.errors import AuthFailed, ConnectorError, Rejected, Transient
from connectors.guard import Guard
from connectors.streams import Gone
from controlplane.credentials import providers
from controlplane.foundation.errors import Invalid
from controlplane.foundation.logs import logger
from controlplane.transactions.consuming.bindings import Binding
from controlplane.transactions.consuming.limits import Limits
from controlplane.transactions.consuming.messages import Unfit, apart, request_of, verified
from controlplane.transactions.consuming.moving import TAG, ever_less
from controlplane.transactions.ingress.batches import Accepted, NotDurable, Overloaded, Stored
from controlplane.transactions.ingress.endpoints import Endpoints, KnownEndpoint
from controlplane.transactions.ingress.events import Broken, event_of
from controlplane.transactions.ingress.refusals import Refusals

log = logger(__name__)

HEARTBEAT = 20
WATCH_SECONDS = HEARTBEAT / 2
#: A queue that gave nothing for so long is consumed over a new connection: a broker can take a consumer for one of a
#: queue that was deleted, and keep from it the messages of another that was made in its place, and say nothing.
IDLE_SECONDS = 60.0
#: Two beats missed and a half: the broker is gone, whatever TCP believes.
SILENCE_SECONDS = HEARTBEAT * 2.5
OPEN_SECONDS = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: So long before a message is stored again that the database did not confirm.
STORE_AGAIN_SECONDS = 1.0
#: So long nothing is moved once the broker has closed the channel over that. Each time it does so, a quorum queue
#: counts a delivery of every message that is under way, and after some of them gives the message up, stored or not.
MOVE_AGAIN_SECONDS = 600.0
#: So long a message is kept that cannot be taken and that a full queue does not take either; twice as long each time.
FIRST_KEEP, LONGEST_KEEP = 1.0, 30.0
#: So long what is under way may take when the process is asked to stop.
STOP_SECONDS = 3.0

Store = Callable[[Accepted], Awaitable[Stored]]


class Consumer:
    """Takes one queue's messages for as long as :meth:`run` runs."""

    def __init__(
        self, binding: Binding, endpoints: Endpoints, store: Store, refusals: Refusals, limits: Limits
    ) -> None:
        self.binding = binding
        self._endpoints = endpoints
        self._store = store
        self._refusals = refusals
        self._limits = limits
        self._guard = Guard(allowed_networks=settings.PRIVATE_NETWORKS)
        #: Republished messages that the broker has yet to confirm: their number → the original's delivery tag.
        self._moved: dict[int, int] = {}
        #: Until then (the loop's time) nothing is moved; ``None`` while that was never refused, or works again.
        self._unmovable_until: float | None = None
        self._pause = FIRST_PAUSE
        #: Messages that go back into their queue after a while. They end with their connection.
        self._kept: set[asyncio.Task[None]] = set()
        self._keep, self._keeping_until = 0.0, 0.0

    async def run(self) -> None:
        """Consume until cancelled; connect again whenever that ends, with pauses that grow until something is taken."""
        away = True
        while True:
            try:
                session = await self._connect()
                if away:
                    log.info("consume.connected", queue=self.binding.name)
                away = False
                await self._consume(session)
                self._pause = FIRST_PAUSE
                continue
            except (Closed, Gone, TimeoutError, ConnectorError, OSError) as error:
                log.warning("consume.away", queue=self.binding.name, error=_in_words(error), seconds=self._pause)
            except Exception:
                log.exception("consume.defect", queue=self.binding.name)
            away = True
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> Session:
        binding = self.binding
        service = self._guard.check_service(binding.base_url, PORTS)
        password = await self._password()
        async with asyncio.timeout(OPEN_SECONDS):
            context = streams.trusting(binding.authority) if service.scheme == "amqps" else None
            stream = await streams.open_stream(service, self._guard, tuple(PORTS.values()), context=context)
            try:
                session = await Session.open(
                    stream,
                    service.host,
                    user=binding.user,
                    password=password,
                    vhost=virtual_host(service.path),
                    heartbeat=HEARTBEAT,
                    most=settings.INGRESS_MAX_BODY,
                )
                await session.call(Confirm.Select(), Confirm.SelectOk)
                await session.call(Basic.Qos(prefetch_count=binding.prefetch), Basic.QosOk)
                await session.call(Basic.Consume(queue=binding.queue), Basic.ConsumeOk)
            except Closed as closed:
                await stream.close()
                if isinstance(closed.error(), AuthFailed):
                    providers.forget(binding.reference)
                raise
            except BaseException:
                await stream.close()
                raise
        self._moved = {}
        return session

    async def _password(self) -> str:
        if not self.binding.reference:
            return ""
        try:
            return (await asyncio.to_thread(providers.resolve, self.binding.reference)).reveal()
        except (providers.SecretUnavailable, Invalid) as error:
            raise AuthFailed(f"the password cannot be had: {error}") from None

    async def _consume(self, session: Session) -> None:
        """Listen and take until the connection ends or has long been silent; what is under way then comes again."""
        under_way: set[asyncio.Task[None]] = set()
        beats = asyncio.create_task(_beat(session, self.binding.queue), name=f"beats of {self.binding.name}")
        try:
            await self._listen(session, under_way)
        except Closed as closed:
            if closed.over_publish:
                self._move_nothing(closed)
            raise
        except asyncio.CancelledError:
            # Asked to stop: what is nearly done need not come again.
            if under_way:
                await asyncio.wait(under_way, timeout=STOP_SECONDS)
            raise
        finally:
            ended = (beats, *under_way, *self._kept)
            for task in ended:
                task.cancel()
            await asyncio.gather(*ended, return_exceptions=True)
            await session.close()

    async def _listen(self, session: Session, under_way: set[asyncio.Task[None]]) -> None:
        loop = asyncio.get_running_loop()
        delivered = loop.time()
        while under_way or self._moved or loop.time() < delivered + IDLE_SECONDS:
            async with asyncio.timeout(SILENCE_SECONDS):
                told = await session.told()
            if isinstance(told, Content) and isinstance(told.method, Basic.Deliver):
                delivered = loop.time()
                task = asyncio.create_task(self._take(session, told, told.method))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            elif isinstance(told, Content):
                self._not_moved(session, told)
            elif isinstance(told, Basic.Ack | Basic.Nack):
                self._moved_on(session, told)
            elif isinstance(told, Basic.Cancel):
                raise Rejected("the broker took the queue away")
            elif isinstance(told, Queue.DeclareOk) and not told.consumer_count:
                raise Transient("the queue does not know its consumer any more")

    async def _take(self, session: Session, content: Content, delivered: Basic.Deliver) -> None:
        """Store one message and confirm it; move it away when it cannot be taken."""
        tag = delivered.delivery_tag or 0
        try:
            await self._stored(content)
        except Unfit as unfit:
            self._move(session, content, tag, unfit.reason)
        except (Gone, OSError):
            return  # the connection is lost, and the message will come again
        except Exception:
            log.exception("consume.defect", queue=self.binding.name)
            if delivered.redelivered:
                self._move(session, content, tag, "defect")
            else:
                session.say(Basic.Nack(delivery_tag=tag, requeue=True))
        else:
            self._pause = FIRST_PAUSE
            session.say(Basic.Ack(delivery_tag=tag))

    async def _stored(self, content: Content) -> Stored:
        """Durable, however long that takes: an unconfirmed message holds back the queue, which is what it should do."""
        endpoint = await self._endpoint()
        event = self._event(endpoint, content)
        await self._limits.let_in(endpoint)
        while True:
            try:
                return await self._store(event)
            except (NotDurable, Overloaded):
                await asyncio.sleep(STORE_AGAIN_SECONDS)

    def _event(self, endpoint: KnownEndpoint, content: Content) -> Accepted:
        try:
            request = request_of(content, self.binding.instance, most=endpoint.max_body)
            return event_of(endpoint, request, verified(request), apart(request))
        except Broken:
            raise self._unfit(endpoint, content, "broken") from None
        except Unfit as unfit:
            raise self._unfit(endpoint, content, unfit.reason) from None

    async def _endpoint(self) -> KnownEndpoint:
        """The endpoint as it is now; waits while it cannot be read or used, because its messages keep."""
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                found = await self._endpoints.find(self.binding.endpoint)
                if isinstance(found, KnownEndpoint):
                    return found
            await asyncio.sleep(STORE_AGAIN_SECONDS)

    def _unfit(self, endpoint: KnownEndpoint, content: Content, reason: str) -> Unfit:
        """Count it among the endpoint's refusals, where its owner sees it."""
        digest = hashlib.sha256(content.body).hexdigest() if content.body is not None else ""
        self._refusals.note(endpoint.id, reason, digest, self.binding.instance)
        log.warning("consume.rejected", queue=self.binding.name, reason=reason)
        return Unfit(reason)

    def _move(self, session: Session, content: Content, tag: int, reason: str) -> None:
        """Send it where the binding says, and confirm the original once that is confirmed."""
        if not self.binding.rejected_to or content.body is None:
            session.say(Basic.Reject(delivery_tag=tag, requeue=False))
            return
        if self._unmovable_until is not None and asyncio.get_running_loop().time() < self._unmovable_until:
            self._leave_to_the_broker(session, tag)
            return
        number = self._send_on(session, content, tag, reason)
        if number is not None:
            self._moved[number] = tag
            return
        # Kept unconfirmed it would come first for ever, and nothing behind it.
        log.error("consume.not_movable", queue=self.binding.name, reason=reason, rejected_to=self.binding.rejected_to)
        session.say(Basic.Reject(delivery_tag=tag, requeue=False))

    def _send_on(self, session: Session, content: Content, tag: int, reason: str) -> int | None:
        """Send it with as much of its head as can be written; the number by which that is confirmed, if any."""
        exchange, _, routing_key = self.binding.rejected_to.partition("/")
        for properties, lost in ever_less(content, reason, tag):
            with contextlib.suppress(Rejected):
                number = session.publish(exchange, routing_key, properties, content.body or b"")
                if lost:
                    log.warning("consume.moved_in_part", queue=self.binding.name, reason=reason, headers=lost)
                return number
        return None

    def _moved_on(self, session: Session, told: Basic.Ack | Basic.Nack) -> None:
        """The broker has taken what was moved, or could not: then the original stays."""
        last = told.delivery_tag or 0
        for number in [one for one in self._moved if one == last or (told.multiple and one <= last)]:
            tag = self._moved.pop(number)
            if isinstance(told, Basic.Ack):
                self._pause, self._unmovable_until = FIRST_PAUSE, None
                self._keep, self._keeping_until = 0.0, 0.0
                session.say(Basic.Ack(delivery_tag=tag))
            else:
                self._put_back_later(session, tag)

    def _put_back_later(self, session: Session, tag: int) -> None:
        """Put it back into its queue after a while: at once it would come again at once, and be refused again."""
        now = asyncio.get_running_loop().time()
        if now >= self._keeping_until:  # those that are refused together wait equally long
            self._keep = min(max(FIRST_KEEP, self._keep * 2), LONGEST_KEEP)
            self._keeping_until = now + self._keep
        task = asyncio.create_task(_put_back(session, tag, self._keep))
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)

    def _not_moved(self, session: Session, content: Content) -> None:
        """No queue takes what was moved: the original goes the broker's own way."""
        tag = (content.properties.headers or {}).get(TAG)
        self._moved = {number: one for number, one in self._moved.items() if one != tag}
        if isinstance(tag, int):
            self._leave_to_the_broker(session, tag)

    def _leave_to_the_broker(self, session: Session, tag: int) -> None:
        log.warning("consume.not_moved", queue=self.binding.name)
        session.say(Basic.Reject(delivery_tag=tag, requeue=False))

    def _move_nothing(self, closed: Closed) -> None:
        """The exchange of ``rejected_to`` is not there or not for us: tell once, and let the others through."""
        if self._unmovable_until is None:
            log.error(
                "consume.move_refused",
                queue=self.binding.name,
                rejected_to=self.binding.rejected_to,
                error=_in_words(closed),
                next="make the exchange or let the queue's user write to it, or correct rejected_to",
            )
        self._unmovable_until = asyncio.get_running_loop().time() + MOVE_AGAIN_SECONDS


async def _put_back(session: Session, tag: int, seconds: float) -> None:
    await asyncio.sleep(seconds)
    session.say(Basic.Nack(delivery_tag=tag, requeue=True))


async def _beat(session: Session, queue: str) -> None:
    """Say that we are there, and ask whether the queue knows: one that was made anew may have forgotten in silence."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        session.beat()
        session.say(Queue.Declare(queue=queue, passive=True))


def _in_words(error: Exception) -> str:
    """Why, for the log: the broker's words or the error's name."""
    if isinstance(error, Closed):
        return error.error().reason
    return error.reason if isinstance(error, ConnectorError) else type(error).__name__
