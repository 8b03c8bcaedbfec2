"""ASP.NET route templates as the Functions host matches them: literals, {parameter:constraint(…)=default?}, {*rest}."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.host.failures import HostStartError
from local.host.route_constraints import Constraint, constraint

LITERAL, CONSTRAINED, PARAMETER, CONSTRAINED_REST, REST = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Parameter:
    """A named part of a path; `default` stands in where the path leaves it out."""

    name: str
    takes_rest: bool
    is_optional: bool
    default: str | None
    constraints: tuple[Constraint, ...]

    @property
    def may_be_absent(self) -> bool:
        return self.is_optional or self.takes_rest or self.default is not None


Part = str | Parameter


@dataclass(frozen=True)
class Template:
    """A parsed template. `precedence` sorts literal segments before parameters, as ASP.NET does, lowest first."""

    segments: tuple[tuple[Part, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises HostStartError for what ASP.NET would refuse as well."""
        segments = tuple(_segment(segment, text) for segment in _split(text.strip("/"), "/", "{}") if segment)
        names = [part.name.lower() for segment in segments for part in segment if isinstance(part, Parameter)]
        if len(names) != len(set(names)):
            raise HostStartError(f"route '{text}' names a parameter twice")
        for position, segment in enumerate(segments):
            if _takes_rest(segment) and position != len(segments) - 1:
                raise HostStartError(f"route '{text}' has segments after a catch-all parameter")
        return cls(segments)

    @property
    def precedence(self) -> tuple[int, ...]:
        return tuple(_digit(segment) for segment in self.segments)

    def match(self, path: str) -> Mapping[str, str] | None:
        """The parameters of a percent-encoded path, decoded but for %2F; None where it does not match."""
        given = [_decoded(segment) for segment in path.removeprefix("/").removesuffix("/").split("/")]
        if given == [""]:
            given = []
        found: dict[str, str] = {}
        for position, segment in enumerate(self.segments):
            first = segment[0]
            if _takes_rest(segment):
                matched = _match_whole(first, "/".join(given[position:]))
                given = given[: len(self.segments)]
            elif position < len(given):
                matched = _match_segment(segment, given[position])
            elif len(segment) == 1 and isinstance(first, Parameter) and first.may_be_absent:
                matched = {} if first.default is None else {first.name: first.default}
            else:
                return None
            if matched is None:
                return None
            found.update(matched)
        return found if len(given) <= len(self.segments) else None


def _split(text: str, separator: str, brackets: str) -> list[str]:
    """At separators outside of brackets: a constraint's regular expression may contain some."""
    pieces, depth = [""], 0
    for character in text:
        depth += {brackets[0]: 1, brackets[1]: -1}.get(character, 0)
        if character == separator and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    if depth != 0:
        raise HostStartError(f"route part '{text}' has a bracket without its partner")
    return pieces


def _segment(segment: str, template: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    start = depth = 0
    for position, character in enumerate(segment):
        if character == "{":
            if depth == 0 and position > start:
                parts.append(segment[start:position])
            if depth == 0:
                start = position
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                parts.append(_parameter(segment[start + 1 : position], template))
                start = position + 1
    if start < len(segment):
        parts.append(segment[start:])
    parameters = [part for part in parts if isinstance(part, Parameter)]
    if len(parts) > 1 and any(parameter.may_be_absent for parameter in parameters):
        raise HostStartError(
            f"route '{template}': a parameter beside other text can be neither optional nor a catch-all"
        )
    if any(
        isinstance(one, Parameter) and isinstance(next_one, Parameter) for one, next_one in itertools.pairwise(parts)
    ):
        raise HostStartError(f"route '{template}' has two parameters with nothing between them")
    return tuple(parts)


def _parameter(text: str, template: str) -> Parameter:
    unescaped = text.replace("{{", "{").replace("}}", "}")
    declared, *defaults = _split(unescaped.lstrip("*"), "=", "()")
    name, *constraints = _split(declared.removesuffix("?"), ":", "()")
    if not name.isidentifier():
        raise HostStartError(f"route '{template}': '{{{text}}}' is no parameter")
    return Parameter(
        name=name,
        takes_rest=unescaped.startswith("*"),
        is_optional=declared.endswith("?"),
        default="=".join(defaults) if defaults else None,
        constraints=tuple(constraint(one, template=template) for one in constraints),
    )


def _takes_rest(segment: tuple[Part, ...]) -> bool:
    return isinstance(segment[0], Parameter) and segment[0].takes_rest


def _digit(segment: tuple[Part, ...]) -> int:
    first = segment[0]
    if len(segment) > 1:
        return CONSTRAINED
    if isinstance(first, str):
        return LITERAL
    if first.takes_rest:
        return CONSTRAINED_REST if first.constraints else REST
    return CONSTRAINED if first.constraints else PARAMETER


def _match_segment(segment: tuple[Part, ...], text: str) -> dict[str, str] | None:
    if len(segment) == 1:
        return _match_whole(segment[0], text)
    pattern = "".join(re.escape(part) if isinstance(part, str) else f"(?P<{part.name}>.+)" for part in segment)
    match = re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL)
    if match is None:
        return None
    parameters = [part for part in segment if isinstance(part, Parameter)]
    return match.groupdict() if all(_satisfies(one, match[one.name]) for one in parameters) else None


def _match_whole(part: Part, text: str) -> dict[str, str] | None:
    if isinstance(part, str):
        return {} if part.lower() == text.lower() else None
    if not text:
        if not part.may_be_absent:
            return None
        return {} if part.default is None else {part.name: part.default}
    return {part.name: text} if _satisfies(part, text) else None


def _satisfies(parameter: Parameter, text: str) -> bool:
    return all(holds(text) for holds in parameter.constraints)


def _decoded(segment: str) -> str:
    # ASP.NET keeps an encoded slash as it is, as it would otherwise change the number of segments.
    return "".join(part if part.lower() == "%2f" else unquote(part) for part in re.split(r"(?i)(%2f)", segment))
