"""The stand-in's own paths under `/_standin`: faults, counts, and what is inside. Loopback only."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.acs.event_grid import EventGrid
from local.acs.faults import FaultInjector, Faults
from local.acs.limits import RateLimiter
from local.acs.state import State

PREFIX = "/_standin"


class LimitsOfThread(BaseModel):
    """`factor` multiplies the documented limits, 1 is real."""

    factor: Annotated[float, Field(gt=0)]


@dataclass
class RequestCounts:
    """Requests since the start or the last reset, refused ones included; preflights are not counted."""

    by_operation: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    by_user: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def reset(self) -> None:
        self.by_operation.clear()
        self.by_status.clear()
        self.by_user.clear()

    def as_json(self) -> dict[str, Any]:
        return {
            "total": self.by_operation.total(),
            "operations": dict(self.by_operation),
            "statuses": dict(self.by_status),
            "users": {user: dict(counts) for user, counts in self.by_user.items()},
        }


@dataclass(frozen=True)
class Control:
    state: State
    counts: RequestCounts
    injector: FaultInjector
    event_grid: EventGrid
    limiter: RateLimiter

    def routes(self) -> list[Route]:
        return [
            Route(f"{PREFIX}/faults", self.read_faults, methods=["GET"]),
            Route(f"{PREFIX}/faults", self.write_faults, methods=["PUT"]),
            Route(f"{PREFIX}/log", self.read_counts, methods=["GET"]),
            Route(f"{PREFIX}/reset-counts", self.reset_counts, methods=["POST"]),
            Route(f"{PREFIX}/events", self.read_events, methods=["GET"]),
            Route(f"{PREFIX}/threads/{{thread_id}}", self.read_thread, methods=["GET"]),
            Route(f"{PREFIX}/threads/{{thread_id}}/limits", self.write_limits, methods=["PUT"]),
        ]

    async def read_faults(self, request: Request) -> Response:
        return JSONResponse(self.injector.faults.model_dump(mode="json", by_alias=True))

    async def write_faults(self, request: Request) -> Response:
        """Replace all faults; members that are left out are off."""
        try:
            faults = Faults.model_validate_json(await request.body())
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"problems": problems}, status_code=400)
        self.injector.use(faults)
        return await self.read_faults(request)

    async def read_counts(self, request: Request) -> Response:
        return JSONResponse(self.counts.as_json())

    async def reset_counts(self, request: Request) -> Response:
        self.counts.reset()
        return Response(status_code=204)

    async def read_events(self, request: Request) -> Response:
        """How many events were published, which deliveries are under way, and which were given up."""
        return JSONResponse(
            {
                "published": self.event_grid.published,
                "pending": [asdict(delivery) for delivery in self.state.deliveries.values()],
                "deadLetters": [asdict(letter) for letter in self.state.dead_letters.values()],
            }
        )

    async def read_thread(self, request: Request) -> Response:
        """The thread with all of its messages as it is stored, deleted or not."""
        thread = self.state.threads.get(request.path_params["thread_id"])
        if thread is None:
            return JSONResponse({"problem": "there is no such thread"}, status_code=404)
        return JSONResponse(asdict(thread))

    async def write_limits(self, request: Request) -> Response:
        """Give one thread limits of its own, `{"factor"}`, while the others keep theirs."""
        try:
            limits = LimitsOfThread.model_validate_json(await request.body())
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"problems": problems}, status_code=400)
        self.limiter.set_factor(request.path_params["thread_id"], limits.factor)
        return Response(status_code=204)
