"""The admission that decides and the diagnosis cannot disagree: drawn configurations, each asked of both."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.application.admission import Caller, admit_caller
from shared.application.diagnosis import Question
from shared.domain.administrators import Administrator, Role
from shared.domain.diagnosis import CONDITIONS, refusal
from shared.domain.diagnosis.origins import read_page
from shared.domain.documents import Document, Kind
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.errors import Refused
from shared.domain.licences import Licence
from shared.domain.modalities import MODALITIES
from shared.domain.services import Service, ServiceModality
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import Tenant, TenantState
from shared.domain.users import InteractAccess, User
from shared.domain.verdicts import Verdict
from tests.functions.world import SERVICE, TENANT, WORKFLOW, World

CARLA = Administrator("carla", "Carla", TENANT.id, frozenset({Role.TENANT_ADMINISTRATOR}))
KEYS = (TENANT.widget_key, "key-before-the-rotation", "nobody's-widget-key")
PAGES = ("https://www.lunifico.example", "http://www.lunifico.example", "https://elsewhere.example", "null")
MODALITY_SETS = st.frozensets(st.sampled_from(sorted(MODALITIES)))
OF_CHAIN = {condition.id for condition in CONDITIONS if condition.codes and condition.codes[0] != "site_token_missing"}


@dataclass(frozen=True)
class Drawn:
    documents: tuple[Document, ...]
    reference: ContactReference
    widget_key: str
    page: str


MOSTLY = st.sampled_from((True, True, True, False))
ROWS = st.lists(
    st.builds(
        DomainRow,
        st.sampled_from(("https", "http")),
        st.sampled_from(("www.lunifico.example", "lunifico.example", "*.lunifico.example")),
        st.sampled_from((None, 80, 443)),
    ),
    max_size=3,
).map(tuple)


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    tenant = replace(
        TENANT,
        state=TenantState.ACTIVE if draw(MOSTLY) else TenantState.SUSPENDED,
        interact_enabled=draw(MOSTLY),
        instant_messaging_enabled=draw(MOSTLY),
        previous_widget_key="key-before-the-rotation",
    )
    access = InteractAccess(
        active=draw(MOSTLY),
        modalities=draw(MODALITY_SETS),
        restrict_access=draw(st.booleans()),
        domain_template_id=draw(st.sampled_from(("web", "gone", None))),
    )
    licences = draw(st.frozensets(st.sampled_from(Licence))) | ({Licence.INTERACT} if draw(MOSTLY) else frozenset())
    modality = ServiceModality(draw(MOSTLY), draw(st.sampled_from(("chat", "calls", "gone", None))))
    service = Service(
        "sales", "Sales", "root", licences, {draw(st.sampled_from(sorted(MODALITIES))): modality}, access, ("mario",)
    )
    user = User("mario", "Mario", "mario@lunifico.example", "root", licences=licences, interact=access)
    documents: tuple[Tenant | Document, ...] = (
        tenant,
        DomainTemplate("web", "Website", "root", draw(ROWS)),
        WORKFLOW,
        replace(WORKFLOW, id="calls", type="audioVideo"),
        service,
        user,
    )
    kind = draw(st.sampled_from(ContactKind))
    contact_id = draw(st.sampled_from(("sales", "mario", "gone", *((SERVICE.id,) * 3))))
    reference = ContactReference(kind, contact_id)
    return Drawn(documents, reference, draw(st.sampled_from((*KEYS, KEYS[0], KEYS[0]))), draw(st.sampled_from(PAGES)))


async def _both(case: Drawn) -> tuple[str | None, str | None, set[str]]:
    """The code of the admission, that of the diagnosis, and which conditions of the chain the latter has judged."""
    world = World()
    for kind, document_id in ((Kind.SERVICE, "sales"), (Kind.USER, "mario"), (Kind.USER, "luisa")):
        world.config.remove(TENANT.id, kind, document_id)
    world.config.put(TENANT.id, *case.documents)
    page = read_page(case.page)
    decided = None
    try:
        await admit_caller(world.ports, case.widget_key, case.reference, "instantMessaging", Caller(page.origin))
    except Refused as error:
        decided = error.code
    question = Question(case.reference, case.widget_key, page)
    found = await world.application.diagnosis.diagnose(CARLA, question)
    judged = {one.condition.id for one in found.judged if one.judgement.verdict is not Verdict.NOT_JUDGED}
    of_chain = tuple(one for one in found.judged if one.condition.id in OF_CHAIN and one.condition.id not in LATER)
    return decided, refusal(of_chain), judged


LATER = {"site_token", "challenge", "rate_limits", "concurrency_cap", "acs", "members"}
"""Asked after the admission, by others."""


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drawn())
def test_a_start_is_refused_exactly_where_the_diagnosis_says_so_and_with_the_same_code(case: Drawn) -> None:
    decided, diagnosed, judged = asyncio.run(_both(case))
    assert decided == diagnosed
    if decided is None:
        assert {"widget_key", "contact_known", "interact_active", "workflow", "domain_template"} <= judged
