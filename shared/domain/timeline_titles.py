"""What a session's timeline says in an administrator's words: names and ids, since no text of a person is in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.timeline_texts import CATALOGUE

TO_PERSONS = frozenset(
    {"send_to_customer", "relay_to_agent", "notify_agent", "invite_agent", "show_conversation", "leave_message"}
)


def title(what: str, details: Mapping[str, Any], names: Mapping[str, str], language: str = "en") -> str:
    """A line in words; `names` maps agents' ids to what people call them."""
    if what == "AgentsReserved":
        return _reserved(details, names, language)
    if what == "TimerDue":
        deadline = str(details.get("deadline_id", ""))
        return _text(f"deadline_{deadline}", language) or _joined("deadline", language, deadline=deadline)
    if what == "Delivered":
        return _delivered(details, language)
    agent = str(details.get("agent_id") or details.get("agent") or "")
    known = {name: str(value) for name, value in details.items()}
    known |= {
        "agent": names.get(agent, agent or _joined("agent", language)),
        "effect": effect_title(str(details.get("effect", "")), language),
    }
    if what == "AvailabilityFound" and "state" in known:
        known["state"] = _text(f"state_{known['state']}", language) or known["state"]
    return (_text(f"event_{what}", language) or what).format_map(_Known(known))


def effect_title(kind: str, language: str = "en") -> str:
    return _text(f"effect_{kind}", language) or kind


def _reserved(details: Mapping[str, Any], names: Mapping[str, str], language: str) -> str:
    called = [names.get(one, one) for one in details.get("agents", ())]
    left_out: Sequence[Sequence[str]] = details.get("left_out", ())
    passed = ", ".join(f"{names.get(one, one)} ({_reason(reason, language)})" for one, reason in left_out)
    agents = ", ".join(called)
    told = _joined("rings_at", language, agents=agents) if called else _joined("nobody_asked", language)
    return _joined("not_asked", language, told=told, agents=passed) if passed else told


def _reason(reason: str, language: str) -> str:
    return _text(f"reason_{reason}", language) or reason.replace("_", " ")


def _delivered(details: Mapping[str, Any], language: str) -> str:
    kind = str(details.get("effect", ""))
    key = "delivered" if kind in TO_PERSONS else "done"
    told = _joined(key, language, effect=effect_title(kind, language))
    if details.get("again"):
        return _joined("again", language, told=told)
    return _joined("found", language, told=told) if details.get("found") else told


def _text(key: str, language: str) -> str:
    """Empty for a text that there is not: old lines are told as well."""
    return CATALOGUE.get(language, CATALOGUE["en"]).get(key, "")


def _joined(key: str, language: str, **values: str) -> str:
    return _text(key, language).format(**values)


class _Known(dict[str, str]):
    """Values by name; a name that an old line does not have is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"
