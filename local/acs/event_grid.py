"""Event Grid for this one resource: envelope, handshake, delivery, retries, dead letters.

At least once and unordered, as the service promises. What is not yet delivered survives a restart.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp

from local.acs.chat_events import ChatEvent
from local.acs.faults import FaultInjector
from local.acs.options import AcsOptions, EventSubscription
from local.acs.state import DeadLetter, Delivery, State

# Documented: 10 s, 30 s, 1, 5, 10, 30 minutes, then hourly until a day has passed.
RETRY_AFTER_SECONDS = (10, 30, 60, 300, 600, 1800, *[3600] * 23)
ACCEPTED = frozenset({200, 201, 202, 203, 204})
NEVER_RETRIED = frozenset({400, 401, 403, 413})
_GATHER_BATCH_SECONDS = 0.05
_DELIVERIES_AT_ONCE = 64


class EventGrid:
    """Takes events from the chat operations and hands a copy to every subscription that wants them."""

    def __init__(self, options: AcsOptions, state: State, injector: FaultInjector) -> None:
        self._options = options
        self._state = state
        self._injector = injector
        self._subscribers = [
            Subscriber(subscription, options, state, injector) for subscription in options.subscriptions
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None
        self.published = 0

    def publish(self, event: ChatEvent) -> None:
        """Queue the event for delivery; the caller's answer does not wait for it."""
        self.published += 1
        envelope = {
            "id": str(uuid.uuid4()),
            "topic": self._options.resource_id,
            "subject": event.subject,
            "data": event.data,
            "eventType": event.type,
            "dataVersion": "1.0",
            "metadataVersion": "1",
            "eventTime": _event_time(),
        }
        for subscriber in self._subscribers:
            if subscriber.wants(event.type):
                for delay in self._injector.event_delays():
                    subscriber.enqueue(Delivery(str(uuid.uuid4()), subscriber.name, envelope), delay)

    async def start(self) -> None:
        """Begin to deliver, first what the last run left over."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._options.delivery_timeout_seconds),
            connector=aiohttp.TCPConnector(limit=0),
        )
        self._forget_strangers()
        for subscriber in self._subscribers:
            subscriber.resume()
            self._tasks.append(asyncio.create_task(subscriber.run(self._session)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._session is not None:
            await self._session.close()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    def _forget_strangers(self) -> None:
        """Drop what the last run left over for subscriptions that are gone."""
        names = {subscriber.name for subscriber in self._subscribers}
        for delivery in list(self._state.deliveries.values()):
            if delivery.subscription not in names:
                self._state.drop(delivery)


class Subscriber:
    """One webhook: validated once in a run, then fed in batches, several at a time."""

    def __init__(
        self, subscription: EventSubscription, options: AcsOptions, state: State, injector: FaultInjector
    ) -> None:
        self._subscription = subscription
        self._options = options
        self._state = state
        self._injector = injector
        self._due: asyncio.Queue[Delivery] = asyncio.Queue()
        self._slots = asyncio.Semaphore(_DELIVERIES_AT_ONCE)

    @property
    def name(self) -> str:
        return self._subscription.name

    def wants(self, event_type: str) -> bool:
        return not self._subscription.event_types or event_type in self._subscription.event_types

    def enqueue(self, delivery: Delivery, delay: float) -> None:
        """Have the delivery sent after `delay` seconds."""
        self._state.add(delivery)
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._due.put_nowait, delivery)
        else:
            self._due.put_nowait(delivery)

    def resume(self) -> None:
        self._due = asyncio.Queue()
        for delivery in self._state.deliveries.values():
            if delivery.subscription == self.name:
                self._due.put_nowait(delivery)

    async def run(self, session: aiohttp.ClientSession) -> None:
        await self._validate(session)
        async with asyncio.TaskGroup() as attempts:
            while True:
                batch = await self._next_batch()
                await self._slots.acquire()
                attempts.create_task(self._attempt(session, batch))

    async def _validate(self, session: aiohttp.ClientSession) -> None:
        """The subscription handshake, repeated until the endpoint answers it as it must."""
        reported = ""
        while problem := await self._try_to_validate(session):
            if problem != reported:
                print(f"Event Grid: subscription {self.name} is not validated yet: {problem}", flush=True)
                reported = problem
            await asyncio.sleep(self._options.validation_retry_seconds)

    async def _try_to_validate(self, session: aiohttp.ClientSession) -> str:
        """What is wrong with the endpoint's answer; empty where nothing is."""
        code = str(uuid.uuid4())
        event = {
            "id": str(uuid.uuid4()),
            "topic": self._options.resource_id,
            "subject": "",
            "data": {
                "validationCode": code,
                "validationUrl": f"https://rp-local.eventgrid.azure.net/eventsubscriptions/{self.name}/validate?id={code}",
            },
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": _event_time(),
            "metadataVersion": "1",
            "dataVersion": "2",
        }
        headers = self._headers("SubscriptionValidation", 0)
        try:
            async with session.post(self._subscription.url, data=_encoded([event]), headers=headers) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"the endpoint does not answer ({type(error).__name__})"
        if response.status not in ACCEPTED:
            return f"the endpoint answers {response.status}"
        return "" if _validation_response(text) == code else "the endpoint does not return the validation code"

    async def _next_batch(self) -> list[Delivery]:
        batch = [await self._due.get()]
        largest = self._injector.faults.max_events_per_batch or self._options.max_events_per_batch
        if largest > 1:
            await asyncio.sleep(_GATHER_BATCH_SECONDS)
        while len(batch) < largest and not self._due.empty():
            batch.append(self._due.get_nowait())
        return batch

    async def _attempt(self, session: aiohttp.ClientSession, batch: Sequence[Delivery]) -> None:
        try:
            headers = self._headers("Notification", batch[0].attempts)
            body = _encoded([delivery.event for delivery in batch])
            async with session.post(self._subscription.url, data=body, headers=headers) as response:
                await response.read()
            status, outcome = response.status, f"answered {response.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            status, outcome = 0, f"no answer ({type(error).__name__})"
        finally:
            self._slots.release()
        for delivery in batch:
            self._settle(delivery, status, outcome)

    def _settle(self, delivery: Delivery, status: int, outcome: str) -> None:
        """Delivered, given up, or due again later."""
        delivery.attempts += 1
        if status in ACCEPTED:
            self._state.drop(delivery)
        elif status in NEVER_RETRIED or delivery.attempts > len(RETRY_AFTER_SECONDS):
            self._state.drop(delivery)
            letter = DeadLetter(delivery.id, self.name, delivery.event, delivery.attempts, outcome)
            self._state.add(letter)
        else:
            self.enqueue(delivery, RETRY_AFTER_SECONDS[delivery.attempts - 1] * self._options.retry_factor)

    def _headers(self, event_type: str, delivery_count: int) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "aeg-event-type": event_type,
            "aeg-subscription-name": self.name.upper(),
            "aeg-delivery-count": str(delivery_count),
            "aeg-data-version": "1.0",
            "aeg-metadata-version": "1",
        }


def _encoded(events: list[dict[str, Any]]) -> bytes:
    return json.dumps(events).encode()


def _validation_response(text: str) -> object:
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer.get("validationResponse") if isinstance(answer, dict) else None


def _event_time() -> str:
    """Seven digits of a second, as Event Grid writes."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
