"""Service and Direct System Messages: the texts shown before, during and after a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from shared.domain.built_in_texts import LANGUAGES
from shared.domain.errors import Finding
from shared.domain.parameters import Agent, Customer, check_parameters, render


@dataclass(frozen=True)
class SystemMessageTexts:
    """One language's texts. None = the built-in text applies; an empty text sends nothing.

    The first three go to the user (agent), the others to the customer; the last four exist for services only.
    """

    incoming: str | None = None
    end_question: str | None = None
    ended: str | None = None
    connected: str | None = None
    ended_by_user: str | None = None
    declined: str | None = None
    waiting: str | None = None
    no_agent_available: str | None = None
    out_of_hours: str | None = None
    transferred: str | None = None


TO_AGENTS = ("incoming", "end_question", "ended")
SERVICE_ONLY = ("waiting", "no_agent_available", "out_of_hours", "transferred")

BUILT_IN: dict[str, SystemMessageTexts] = {
    code: SystemMessageTexts(**language.SYSTEM_MESSAGES) for code, language in LANGUAGES.items()
}


@dataclass(frozen=True)
class SystemMessages:
    """A document of system messages; `kind` is "service" or "direct".

    `display_name` None shows the user's current display name, a text (which may hold parameters) replaces it.
    """

    id: str
    kind: str
    name: str
    organization_unit_id: str
    description: str = ""
    display_name: str | None = None
    texts: Mapping[str, SystemMessageTexts] = field(default_factory=dict)


@dataclass(frozen=True)
class Wording:
    """The texts of one session: language chosen, gaps filled, placeholders still in place."""

    texts: SystemMessageTexts
    display_name: str | None = None

    def text(
        self, slot: str, customer: Customer, agent: Agent | None = None, more: Mapping[str, str] | None = None
    ) -> str:
        """A rendered text; "" means that nothing is sent. `more` as in `parameters.render`."""
        return render(getattr(self.texts, slot) or "", customer, self.shown(customer, agent), more).strip()

    def shown(self, customer: Customer, agent: Agent | None) -> Agent | None:
        """The agent as customers may see it: with the custom display name where there is one."""
        if agent is None or not self.display_name:
            return agent
        name = render(self.display_name, customer, agent).strip() or agent.display_name
        return Agent(agent.id, name, agent.first_name, agent.last_name, agent.upn)


def choose_language(available: Iterable[str], asked: str, default: str) -> str:
    """The language of a document's texts: the visitor's, the tenant's, English, else the first there is."""
    languages = tuple(available)
    return next((code for code in (asked, default, "en", *languages) if code in languages), "en")


def wording(messages: SystemMessages | None, language: str, default_language: str) -> Wording:
    """Choose the customer's language, and for agents the tenant's; see `_filled` for what is not set."""
    texts = messages.texts if messages is not None and messages.texts else BUILT_IN
    for_agents = _filled(texts, default_language, default_language)
    merged = replace(
        _filled(texts, language, default_language), **{slot: getattr(for_agents, slot) for slot in TO_AGENTS}
    )
    return Wording(merged, messages.display_name if messages is not None else None)


def _filled(texts: Mapping[str, SystemMessageTexts], language: str, default_language: str) -> SystemMessageTexts:
    """The texts of one language; what is not set is built in, in this one or in English."""
    chosen = choose_language(texts, language, default_language)
    own, built_in = texts[chosen], BUILT_IN.get(chosen, BUILT_IN["en"])
    merged = {
        slot.name: getattr(built_in, slot.name) if getattr(own, slot.name) is None else getattr(own, slot.name)
        for slot in fields(SystemMessageTexts)
    }
    return SystemMessageTexts(**merged)


def check_system_messages(messages: SystemMessages) -> tuple[Finding, ...]:
    """All rules that a document of system messages breaks."""
    findings = list(check_parameters(messages.display_name or "", "display_name"))
    if messages.kind not in ("service", "direct"):
        findings.append(Finding("kind_unknown", "kind", 'must be "service" or "direct"'))
    for language, texts in messages.texts.items():
        for slot in fields(texts):
            text = getattr(texts, slot.name)
            field_name = f"texts.{language}.{slot.name}"
            if text and messages.kind == "direct" and slot.name in SERVICE_ONLY:
                findings.append(Finding("service_only", field_name, "belongs to Service System Messages only"))
            findings.extend(check_parameters(text or "", field_name))
    return tuple(findings)
