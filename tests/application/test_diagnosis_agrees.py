"""The admission that decides and the diagnosis cannot disagree: drawn configurations, each asked of both."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
from shared.domain.refusals import RefusalCode
from shared.domain.services import Service, ServiceModality
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.tenants import TenantState
from shared.domain.users import InteractAccess, User
from shared.domain.verdicts import Verdict
from tests.functions.world import IM, TENANT, WORKFLOW, World

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


HOME = DomainRow("https", "www.lunifico.example")
ROWS = st.lists(
    st.builds(
        DomainRow,
        st.sampled_from(("https", "http")),
        st.sampled_from(("www.lunifico.example", "lunifico.example", "*.lunifico.example")),
        st.sampled_from((None, 80, 443)),
    ),
    max_size=3,
).map(tuple)
ASPECTS: Mapping[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "state": (TenantState.ACTIVE, st.just(TenantState.SUSPENDED)),
    "interact_enabled": (True, st.just(False)),
    "instant_messaging_enabled": (True, st.just(False)),
    "active": (True, st.just(False)),
    "modalities": (frozenset({IM}), MODALITY_SETS),
    "restrict_access": (True, st.just(False)),
    "domain_template_id": ("web", st.sampled_from(("gone", None))),
    "rows": ((HOME,), ROWS),
    "licences": (frozenset({Licence.INTERACT, Licence.ENTERPRISE}), st.frozensets(st.sampled_from(Licence))),
    "enabled": (True, st.just(False)),
    "workflow_id": ("chat", st.sampled_from(("calls", "gone", None))),
    "modality": (IM, st.sampled_from(sorted(MODALITIES))),
    "kind": (ContactKind.SERVICE, st.just(ContactKind.USER)),
    "contact_id": (None, st.sampled_from(("sales", "mario", "gone"))),
    "widget_key": (KEYS[0], st.sampled_from(KEYS)),
    "page": (PAGES[0], st.sampled_from(PAGES)),
}
"""Each as it should be, and what it may be else."""


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """A company in which at most three things are not as they should be."""
    broken = draw(st.sets(st.sampled_from(sorted(ASPECTS)), max_size=3))
    value = {name: draw(other) if name in broken else good for name, (good, other) in ASPECTS.items()}
    tenant = replace(
        TENANT,
        state=value["state"],
        interact_enabled=value["interact_enabled"],
        instant_messaging_enabled=value["instant_messaging_enabled"],
        previous_widget_key=KEYS[1],
    )
    access = InteractAccess(value["active"], value["modalities"], value["restrict_access"], value["domain_template_id"])
    modalities = {value["modality"]: ServiceModality(value["enabled"], value["workflow_id"])}
    upn, licences = "mario@lunifico.example", value["licences"]
    documents: tuple[Document, ...] = (
        tenant,
        DomainTemplate("web", "Website", "root", value["rows"]),
        WORKFLOW,
        replace(WORKFLOW, id="calls", type="audioVideo"),
        Service("sales", "Sales", "root", licences, modalities, access, ("mario",)),
        User("mario", "Mario", upn, "root", licences=licences, interact=access),
    )
    named = {ContactKind.SERVICE: "sales", ContactKind.USER: "mario"}
    reference = ContactReference(value["kind"], value["contact_id"] or named[value["kind"]])
    return Drawn(documents, reference, value["widget_key"], value["page"])


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


def test_a_start_is_refused_exactly_where_the_diagnosis_says_so_and_with_the_same_code() -> None:
    met: set[str | None] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(drawn())
    def agree(case: Drawn) -> None:
        decided, diagnosed, judged = asyncio.run(_both(case))
        assert decided == diagnosed
        met.add(decided)
        if decided is None:
            assert {"widget_key", "contact_known", "interact_active", "workflow", "domain_template"} <= judged

    agree()
    # Every refusal was drawn, and that nothing is refused as well: else this says less than it seems to.
    assert met == {None, *RefusalCode}
