"""The diagnosis: every condition of a conversation, each judged for itself, in the order in which they count."""

from __future__ import annotations

from shared.domain.diagnosis import of_answer, of_page, of_start
from shared.domain.diagnosis.condition import Area, Condition, Judged
from shared.domain.diagnosis.facts import Facts
from shared.domain.refusals import RefusalCode, SiteTokenCode

WIDGET_KEY, *REST_OF_CHAIN = of_start.FROM_CHAIN
TOKEN_CODES = tuple(code.value for code in SiteTokenCode)

CONDITIONS: tuple[Condition, ...] = (
    Condition("snippet_complete", "The snippet names a widget key and one id", Area.PAGE, of_page.snippet_complete,
              of_page=True),
    Condition("snippet_runs", "The snippet can be run", Area.PAGE, of_page.snippet_runs, of_page=True),
    Condition("snippet_script", "The page loads the widget of this deployment", Area.PAGE, of_page.snippet_script,
              of_page=True),
    WIDGET_KEY,
    Condition("key_and_contact", "Widget key and id belong together", Area.START, of_page.key_and_contact,
              (RefusalCode.CONTACT_UNKNOWN.value,), of_page=True),
    *REST_OF_CHAIN,
    Condition("template_rows", "The domain template lists domains", Area.START, of_start.template_rows),
    Condition("template_choice", "The right domain template is selected", Area.START, of_start.template_choice,
              of_page=True),
    Condition("token_in_page", "Where Authorization is enabled, the page gives an access token", Area.PAGE,
              of_page.token_in_page, (SiteTokenCode.MISSING.value,), of_page=True),
    Condition("site_token", "The access token is accepted", Area.START, of_page.site_token, TOKEN_CODES, of_page=True),
    Condition("site_clock", "The clock of the site's server is right", Area.START, of_page.site_clock, of_page=True),
    Condition("challenge", "The challenge is configured", Area.START, of_start.challenge, ("challenge_refused",)),
    Condition("rate_limits", "No rate limit is used up", Area.START, of_start.rate_limits, ("rate_limited",)),
    Condition("concurrency_cap", "The service has room for another task", Area.START, of_start.concurrency_cap,
              ("concurrency_cap_reached",)),
    Condition("acs", "ACS can be reached with the connection string", Area.START, of_start.acs,
              ("rejected", "not_sent", "outcome_unknown", "dependency_failed")),
    Condition("events", "Events of ACS come in", Area.ANSWER, of_answer.events, blocks=False),
    Condition("push", "SignalR is configured", Area.ANSWER, of_answer.push, blocks=False),
    Condition("opening_hours", "The service is open now", Area.ANSWER, of_answer.opening_hours),
    Condition("members", "Somebody can take the conversation", Area.ANSWER, of_answer.members, ("nobody_to_tell",)),
    Condition("members_known", "Every member is a user of the tenant", Area.ANSWER, of_answer.members_known,
              blocks=False),
    Condition("members_licensed", "Every member has an Instant Messaging licence", Area.ANSWER,
              of_answer.members_licensed, blocks=False),
    Condition("members_registered", "Everybody is registered with the chat bot", Area.ANSWER,
              of_answer.members_registered, blocks=False),
)  # fmt: skip
"""One line each: id, title in the guide's words, area, function, codes of refusals that it explains."""
BY_ID = {condition.id: condition for condition in CONDITIONS}


def diagnose(facts: Facts) -> tuple[Judged, ...]:
    """Every condition, never stopping at one that fails."""
    return tuple(Judged(condition, condition.judge(facts)) for condition in CONDITIONS)


def readiness(facts: Facts) -> tuple[Judged, ...]:
    """What still keeps visitors away, whatever their page: all that fails or could not be judged."""
    judged = (Judged(condition, condition.judge(facts)) for condition in CONDITIONS if not condition.of_page)
    return tuple(one for one in judged if one.judgement.verdict.value != "pass")


def refusal(judged: tuple[Judged, ...]) -> str | None:
    """The code with which a start would be refused now, as far as it was judged; None where it would not."""
    first = next((one for one in judged if one.blocks and one.condition.codes), None)
    return (first.judgement.code or first.condition.codes[0]) if first is not None else None


def condition_of(code: str) -> Condition | None:
    """The condition that explains a refusal; the first one that has its code."""
    for condition in CONDITIONS:
        if code in condition.codes and condition.id not in ("key_and_contact", "token_in_page"):
            return condition
    return None
