"""Organization units: templates of the same or a higher level are available, others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.organization_units import OrganizationUnit, is_same_or_higher

UNITS = {
    unit.id: unit
    for unit in (
        OrganizationUnit("lunifico", "Lunifico"),
        OrganizationUnit("europe", "Europe", "lunifico"),
        OrganizationUnit("basel", "Basel", "europe"),
        OrganizationUnit("america", "America", "lunifico"),
        OrganizationUnit("lost", "Lost", "deleted"),
    )
}


@pytest.mark.parametrize(
    ("template_of", "user_of", "available"),
    [
        ("basel", "basel", True),
        ("europe", "basel", True),
        ("lunifico", "basel", True),
        ("basel", "europe", False),
        ("america", "basel", False),
        ("europe", "america", False),
        ("nowhere", "basel", False),
        ("lunifico", "lost", False),
        ("deleted", "lost", True),
        ("", "lunifico", False),
    ],
)
def test_documents_of_the_same_or_a_higher_unit_are_available(template_of: str, user_of: str, available: bool) -> None:
    assert is_same_or_higher(template_of, user_of, UNITS) is available


def test_a_circle_in_the_tree_ends() -> None:
    circle = {"a": OrganizationUnit("a", "A", "b"), "b": OrganizationUnit("b", "B", "a")}

    assert is_same_or_higher("b", "a", circle)
    assert not is_same_or_higher("c", "a", circle)


NAMES = st.sampled_from("abcdef")


@given(st.dictionaries(NAMES, st.none() | NAMES), NAMES, NAMES)
def test_any_tree_however_broken_gets_an_answer(parents: dict[str, str | None], candidate: str, unit: str) -> None:
    units = {name: OrganizationUnit(name, name.upper(), parent) for name, parent in parents.items()}
    above, current = {unit}, unit
    for _ in parents:
        current = parents.get(current) or current
        above.add(current)

    assert is_same_or_higher(candidate, unit, units) is (candidate in above)
