"""Which HTTP function answers a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.host.bindings import Function
from local.host.failures import HostStartError
from local.host.route_templates import Template

RESERVED = ("admin", "runtime")


@dataclass(frozen=True)
class Route:
    """A function's place: its template without the prefix, and its methods (none means all)."""

    function: Function
    text: str
    template: Template
    methods: frozenset[str]


@dataclass(frozen=True)
class RouteTable:
    """All routes of an app, most specific first."""

    prefix: str
    routes: tuple[Route, ...]

    @classmethod
    def of(cls, functions: Iterable[Function], prefix: str) -> RouteTable:
        """Raises HostStartError for a reserved or a repeated route."""
        routes: list[Route] = []
        for function in functions:
            route = _route(function)
            _refuse_reserved(route)
            _refuse_conflict(route, routes)
            routes.append(route)
        return cls(prefix.strip("/"), tuple(sorted(routes, key=lambda route: route.template.precedence)))

    def find(self, method: str, path: str) -> tuple[Function, Mapping[str, str]] | None:
        """The function for a percent-encoded path and its route parameters; None is a 404, also for a wrong method."""
        rest = self._without_prefix(path)
        if rest is None:
            return None
        for route in self.routes:
            if route.methods and method not in route.methods:
                continue
            parameters = route.template.match(rest)
            if parameters is not None:
                return route.function, parameters
        return None

    def _without_prefix(self, path: str) -> str | None:
        if not self.prefix:
            return path
        start, rest = path[: len(self.prefix) + 1], path[len(self.prefix) + 1 :]
        return rest if start.lower() == f"/{self.prefix}".lower() and rest[:1] in ("", "/") else None


def _route(function: Function) -> Route:
    settings = function.trigger.settings
    text = str(settings.get("route") or "").strip().strip("/") or function.name
    methods = frozenset(str(method).upper() for method in settings.get("methods") or ())
    return Route(function, text, Template.parse(text), methods)


def _refuse_reserved(route: Route) -> None:
    # The real host compares the beginning of the text, so that "administration" is refused as well.
    if route.text.lower().startswith(RESERVED):
        raise HostStartError(
            f"function '{route.function.name}': the route '{route.text}' is reserved, "
            "as Azure keeps all routes that start with admin or runtime for itself"
        )


def _refuse_conflict(route: Route, others: Iterable[Route]) -> None:
    for other in others:
        same_methods = not route.methods or not other.methods or route.methods & other.methods
        if other.text.lower() == route.text.lower() and same_methods:
            raise HostStartError(
                f"function '{route.function.name}': the route '{route.text}' "
                f"is already that of function '{other.function.name}'"
            )
