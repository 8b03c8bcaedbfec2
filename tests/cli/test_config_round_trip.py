"""Export, and apply to an empty tenant: whatever the tenant looks like, the other is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from shared import bootstrap
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.organization_units import OrganizationUnit
from tests.cli.folders import documents_of, empty_office, plan
from tests.cli.terminal import Terminal
from tests.functions.office import UNITS, Office
from tests.functions.world import SERVICE, TENANT, World

MISLEADING = (
    "no",
    "null",
    "~",
    "1e3",
    "0x1F",
    "017",
    "17:00",
    "2030-01-01",
    "a: b",
    "# x",
    "- x",
    "'",
    '"',
    "&a",
    "*a",
)
NAMES = st.sampled_from(MISLEADING) | st.text("aZ0 ü字🙂:#'\"\\-", min_size=1, max_size=40).filter(
    lambda text: text == text.strip()
)


@st.composite
def companies(draw: st.DrawFn) -> list[OrganizationUnit | DomainTemplate]:
    """A tree of units in which ids tell nothing of the order, and templates somewhere in it."""
    ids = draw(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,7}-x", fullmatch=True), unique=True, min_size=1, max_size=6))
    units = [
        OrganizationUnit(one, draw(NAMES), draw(st.sampled_from(["root", *ids[:number]])))
        for number, one in enumerate(ids)
    ]
    templates = [
        DomainTemplate(one, draw(NAMES), draw(st.sampled_from(ids)), (DomainRow("https://", f"{one}.example"),))
        for one in draw(st.lists(st.sampled_from(ids), unique=True))
    ]
    return [*units, *templates]


@settings(max_examples=12)
@given(companies(), NAMES)
def test_a_tenant_is_exported_and_applied_without_loss(
    company: list[OrganizationUnit | DomainTemplate], name: str
) -> None:
    office = Office(World())
    office.world.config.put(TENANT.id, *UNITS, *company, replace(SERVICE, name=name))
    office.use()
    try:
        with TemporaryDirectory() as directory, Terminal(Path(directory) / "settings") as terminal:
            folder = Path(directory) / "company"
            terminal.sign_in("carla")
            terminal.done("config", "export", str(folder))
            empty = empty_office()
            terminal.done("config", "apply", str(folder), "--yes")
            assert documents_of(empty) == documents_of(office)
            again = plan(terminal, folder, "--delete")
            assert (again["changes"], again["findings"]) == ([], [])
    finally:
        bootstrap.use(None)
