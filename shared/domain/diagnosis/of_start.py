"""What the rules of admission say, told in more words; and what else has to be so that a session can begin."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.admission_rules import CHAIN, OF_TENANT, Asked, Rule
from shared.domain.challenges import ChallengeKind, check_challenge
from shared.domain.diagnosis.condition import Area, Condition
from shared.domain.diagnosis.facts import Facts
from shared.domain.diagnosis.origins import near_misses, readable_host
from shared.domain.documents import Kind
from shared.domain.tenants import MessagingKind
from shared.domain.verdicts import Judgement, Setting, Verdict, failed, not_judged, passed

OF_PAGE = frozenset({"widget_key", "origin_usable", "origin_allowed"})
WIDGET_KEY = OF_TENANT[0]
MOST_NAMED = 3


def chain_condition(rule: Rule) -> Condition:
    """A rule of admission as a condition: the verdict is the rule's, the words may be better."""

    def judge(facts: Facts) -> Judgement:
        judgement = _of_rule(rule, facts)
        return MORE[rule.id](facts, judgement) if rule.id in MORE and judgement.failed else judgement

    return Condition(rule.id, rule.title, Area.START, judge, (rule.code.value,), of_page=rule.id in OF_PAGE)


def _of_rule(rule: Rule, facts: Facts) -> Judgement:
    if rule is WIDGET_KEY:
        setting = Setting(Kind.TENANT, facts.own_tenant.id, "widget_key")
        if facts.widget_key is None:
            return not_judged("no widget key was given", setting, "paste the snippet of the page")
        judgement = rule.judge(Asked(facts.key_tenant, None))
        # Nothing is said of another tenant: neither its id.
        return replace(judgement, setting=setting)
    judgement = rule.judge(facts.asked)
    if rule.id in OF_PAGE and facts.page is None and judgement.failed:
        return not_judged("no page was given", judgement.setting, "name the address of the page")
    return judgement


def _widget_key(facts: Facts, judgement: Judgement) -> Judgement:
    tenant = facts.own_tenant
    if facts.widget_key and facts.widget_key == tenant.previous_widget_key:
        until = tenant.previous_widget_key_until
        when = f" since {until:%Y-%m-%d %H:%M} UTC" if until else ""
        return replace(judgement, explanation=f"it is the key before the last rotation, which is over{when}")
    return judgement


def _contact_known(facts: Facts, judgement: Judgement) -> Judgement:
    if facts.reference is None:
        return not_judged("no service or user was named", fix="name it, or paste the snippet of the page")
    given, other = ("serviceId", "contactId") if facts.is_service else ("contactId", "serviceId")
    if facts.is_other_kind:
        what = "a user's" if facts.is_service else "a service's"
        fix = "write {name} in the snippet"
        return replace(judgement, explanation=f"this {given} is {what} id", fix=fix, values={"name": other})
    why = f"this tenant has no such {'service' if facts.is_service else 'user'}; it was deleted, or is another tenant's"
    return replace(judgement, explanation=why)


def _workflow(facts: Facts, judgement: Judgement) -> Judgement:
    service = facts.asked.contact.service if facts.asked.contact else None
    settings = service.modalities.get(facts.asked.modality_id) if service else None
    if settings is None or not settings.workflow_id:
        return replace(judgement, explanation="no workflow is selected")
    return replace(judgement, explanation=f"workflow '{settings.workflow_id}' is gone, or of another modality's type")


def _origin_usable(facts: Facts, judgement: Judgement) -> Judgement:
    problem = facts.page.problem if facts.page else ""
    return replace(judgement, explanation=problem) if problem else judgement


def _origin_allowed(facts: Facts, judgement: Judgement) -> Judgement:
    contact, origin = facts.asked.contact, facts.asked.origin
    template = contact.template if contact else None
    if template is None or origin is None:
        return judgement
    readable = readable_host(origin.host)
    also = f" ({readable})" if readable != origin.host else ""
    if not template.domains:
        return replace(judgement, explanation=f"the domain template '{template.name}' lists no domain at all")
    near = near_misses(template, origin)[:MOST_NAMED]
    if not near:
        return replace(judgement, explanation=judgement.explanation.replace(str(origin), f"{origin}{also}", 1))
    told = "; ".join(f"row {one.number + 1}: {one.explanation}" for one in near)
    why = f"{origin}{also} equals no row of the domain template '{template.name}'. Nearly: {told}"
    setting = replace(judgement.setting, field=f"domains.{near[0].number}") if judgement.setting else None
    return replace(judgement, explanation=why, setting=setting)


MORE = {
    "widget_key": _widget_key,
    "contact_known": _contact_known,
    "workflow": _workflow,
    "origin_usable": _origin_usable,
    "origin_allowed": _origin_allowed,
}
"""Never another verdict but `notJudged`, where nothing was given to judge."""
FROM_CHAIN = tuple(chain_condition(rule) for rule in CHAIN)


def template_rows(facts: Facts) -> Judgement:
    contact = facts.asked.contact
    template = contact.template if contact else None
    if contact is None or not contact.interact.restrict_access:
        return passed("access is not restricted") if contact else not_judged("no service or user is known")
    if template is None:
        return not_judged("there is no domain template")
    setting = Setting(Kind.DOMAIN_TEMPLATE, template.id, "domains")
    if not template.domains:
        why = f"the domain template '{template.name}' lists no domain: whatever it restricts is closed to every page"
        return failed(why, setting, "add the domains of your pages")
    return passed(f"the domain template '{template.name}' lists {len(template.domains)}", setting)


def template_choice(facts: Facts) -> Judgement:
    contact = facts.asked.contact
    if contact is None or not contact.interact.restrict_access:
        return passed("access is not restricted") if contact else not_judged("no service or user is known")
    if contact.template is None or facts.asked.origin is None:
        return not_judged("there is nothing to compare")
    reference = contact.reference
    kind = Kind.SERVICE if contact.service is not None else Kind.USER
    setting = Setting(kind, reference.id, "interact.domain_template_id")
    origin_allowed = FROM_CHAIN[-1].judge(facts)
    if origin_allowed.verdict is not Verdict.FAIL or not facts.elsewhere:
        return passed("no other template would fit better", setting)
    found = facts.elsewhere[0]
    chosen = contact.template
    of = facts.units.get(chosen.organization_unit_id, chosen.organization_unit_id)
    why = (
        f"'{chosen.name}' of organization unit '{of}' is selected, and the page stands in "
        f"'{found.template.name}', row {found.number + 1}"
    )
    fix = "select the domain template '{template}' in the Interact tab"
    return failed(why, setting, fix, template=found.template.name)


def challenge(facts: Facts) -> Judgement:
    given = facts.own_tenant.challenge
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "challenge")
    if given.kind is ChallengeKind.NONE:
        return passed("the tenant asks for no challenge", setting)
    findings = check_challenge(given)
    if findings:
        return failed(findings[0].explanation, replace(setting, field=findings[0].field), "complete the challenge")
    if facts.challenge_fault is None:
        return not_judged("it was not asked whether its secret is there", setting)
    if facts.challenge_fault:
        why = f"its secret cannot be read: {facts.challenge_fault}"
        return failed(why, replace(setting, field="challenge.secret"), "name the secret that holds the secret key")
    return passed(f"{given.kind.value} is set up", setting)


def rate_limits(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "rate_limits")
    if facts.limited:
        fix = "wait, or widen the rate limit: docs/abuse.md"
        return failed(f"used up in this instance at the moment: {facts.limited}", setting, fix)
    limits = facts.own_tenant.rate_limits
    return passed(f"{limits.visitor_starts} starts of a visitor in ten minutes; none is used up here", setting)


def concurrency_cap(facts: Facts) -> Judgement:
    service = facts.asked.contact.service if facts.asked.contact else None
    if service is None:
        return passed("users have no cap") if facts.asked.contact else not_judged("no service or user is known")
    own = service.distribution.concurrency_cap is not None
    setting = (
        Setting(Kind.SERVICE, service.id, "distribution.concurrency_cap")
        if own
        else Setting(Kind.TENANT, facts.own_tenant.id, "concurrency_cap")
    )
    if facts.slots_taken is None or facts.cap is None:
        return not_judged("the tasks were not counted", setting)
    if facts.slots_taken >= facts.cap:
        why = f"all {facts.cap} places for tasks at the same time are taken"
        return failed(why, setting, "wait until one ends, or raise the concurrency cap")
    return passed(f"{facts.slots_taken} of {facts.cap} places for tasks are taken", setting)


def acs(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "acs_secret")
    if facts.own_tenant.messaging is not MessagingKind.ACS:
        return passed("messages do not go through ACS", Setting(Kind.TENANT, facts.own_tenant.id, "messaging"))
    if facts.acs is None:
        return not_judged("ACS was not asked", setting, "use Check in the tenant's Extensions tab")
    wrong = next((step for step in facts.acs if not step.passed), None)
    if wrong is not None:
        return failed(wrong.explanation, setting, wrong.fix)
    return passed("a token was created and revoked", setting)
