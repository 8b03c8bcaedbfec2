"""What the configuration has to do for administrators: in memory and in Table Storage alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from shared.domain.documents import Document, DocumentKey, Kind, key_of
from shared.domain.errors import AlreadyExists, InvalidRequest, NewerSchema, VersionConflict
from shared.domain.users import User
from shared.ports import ANY_VERSION, AuditAction, AuditEntry, Selection, Stored
from tests.ports.companies import (
    CHAT,
    DIRECT,
    LUISA,
    MARIO,
    ROOT,
    SALES,
)
from tests.ports.office import CARLA, OTTO, Office


async def test_a_document_says_who_changed_it_and_when(office: Office) -> None:
    saved = await office.save(replace(LUISA, first_name="Luisa"), by=OTTO)
    assert await office.read(LUISA) == saved
    assert saved.changed is not None
    assert (saved.changed.by, saved.changed.at) == (OTTO, office.clock.now())


async def test_a_change_has_one_time_in_the_document_and_in_the_audit_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = (office.clock.time + timedelta(milliseconds=passed) for passed in count(1))
    monkeypatch.setattr(office.clock, "now", lambda: next(times))
    saved = await office.save(replace(LUISA, first_name="Luisa"))
    (entry,) = (await office.administration.audit(office.tenant_id, Kind.USER, LUISA.id)).entries[:1]
    assert saved.changed is not None
    assert entry.at == saved.changed.at


async def test_a_new_document_must_be_new_and_a_change_needs_the_version_that_was_read(office: Office) -> None:
    with pytest.raises(AlreadyExists):
        await office.save(LUISA, None)
    read = await office.read(LUISA)
    await office.save(replace(LUISA, first_name="Luisa"), read.version)
    with pytest.raises(VersionConflict):
        await office.save(LUISA, read.version, OTTO)
    with pytest.raises(VersionConflict):
        await office.administration.delete(office.tenant_id, key_of(LUISA), read.version, OTTO)


async def test_of_two_who_save_at_once_one_is_told(office: Office) -> None:
    read = await office.read(LUISA)
    outcomes = await asyncio.gather(
        office.save(replace(LUISA, first_name="A"), read.version, CARLA),
        office.save(replace(LUISA, first_name="B"), read.version, OTTO),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 1
    (saved,) = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    assert await office.read(LUISA) == saved


async def test_a_version_stays_when_others_come_to_refer_to_the_document(office: Office) -> None:
    before = await office.read(DIRECT)
    await office.save(replace(LUISA, direct_system_messages_id=DIRECT.id))
    assert (await office.read(DIRECT)).version == before.version
    await office.save(replace(DIRECT, description="For all of Europe"), before.version)


async def test_the_audit_log_tells_every_change_newest_first(office: Office) -> None:
    extra = replace(LUISA, id="extra")
    created = await office.save(extra, None, OTTO)
    office.clock.advance(60)
    changed = await office.save(replace(extra, first_name="Extra"), created.version, CARLA)
    office.clock.advance(60)
    await office.administration.delete(office.tenant_id, key_of(extra), changed.version, OTTO)
    page = await office.administration.audit(office.tenant_id, Kind.USER, "extra")
    told = [(entry.what, entry.by, entry.before, entry.after) for entry in page.entries]
    assert told == [
        (AuditAction.DELETED, OTTO, changed.document, None),
        (AuditAction.CHANGED, CARLA, created.document, changed.document),
        (AuditAction.CREATED, OTTO, None, created.document),
    ]
    assert [(entry.replaced, entry.version) for entry in page.entries[1:]] == [
        (created.version, changed.version),
        (None, created.version),
    ]
    assert page.entries[0].at - page.entries[2].at == timedelta(seconds=120)
    assert page.next is None


async def test_a_refused_change_is_not_in_the_audit_log(office: Office) -> None:
    await office.refusal(replace(LUISA, organization_unit_id="nowhere"))
    assert not [e for e in (await office.administration.audit(office.tenant_id)).entries if e.by == CARLA]


async def test_the_audit_log_comes_in_pages(office: Office) -> None:
    for number in range(5):
        office.clock.advance(1)
        await office.save(replace(LUISA, first_name=f"Luisa {number}"))
        office.clock.advance(1)
        await office.save(replace(ROOT, name=f"Lunifico {number}"))
    for kind, document_id in ((Kind.USER, "luisa"), (Kind.USER, None)):
        names, after = [], None
        while True:
            page = await office.administration.audit(office.tenant_id, kind, document_id, after, 2)
            assert len(page.entries) <= 2
            names += [entry.after.first_name for entry in page.entries if isinstance(entry.after, User)]
            after = page.next
            if after is None:
                break
        assert names[:5] == [f"Luisa {number}" for number in (4, 3, 2, 1, 0)]
    newest = (await office.administration.audit(office.tenant_id, top=1)).entries
    assert [entry.key for entry in newest] == [key_of(ROOT)]


@pytest.mark.parametrize("after", ["x y", "\x00", "'", "ü", ""])
async def test_a_cursor_that_is_none_is_refused(office: Office, after: str) -> None:
    with pytest.raises(InvalidRequest):
        await office.administration.list(office.tenant_id, Selection(Kind.USER, after=after))
    with pytest.raises(InvalidRequest):
        await office.administration.audit(office.tenant_id, after=after)


async def test_documents_are_listed_in_pages(office: Office) -> None:
    people = [replace(LUISA, id=f"user{number}", display_name=f"User {number}") for number in (0, 1, 10, 2)]
    for person in people:
        await office.save(person, None)
    page = await office.administration.list(office.tenant_id, Selection(Kind.USER, top=4))
    assert [stored.document for stored in page.items] == [LUISA, MARIO, people[0], people[1]]
    assert await office.names(Selection(Kind.USER, top=2)) == ["luisa", "mario", "user0", "user1", "user10", "user2"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mar", ["mario"]),
        ("MARIO", ["mario"]),
        ("lunifico", ["luisa", "mario", "rossi"]),
        ("ross lu", ["rossi"]),
        ("éli", ["rossi"]),
        ("ario", []),
        ("--", []),
        ("", ["luisa", "mario", "rossi"]),
    ],
)
async def test_documents_are_found_by_the_words_of_their_names(office: Office, search: str, found: list[str]) -> None:
    rossi = replace(LUISA, id="rossi", display_name="Élise Rossi-Rossini", upn="elise@lunifico.example")
    for user in (LUISA, replace(MARIO, upn="mario@lunifico.example"), rossi):
        await office.save(user)
    for top in (1, 50):
        assert await office.names(Selection(Kind.USER, search=search, top=top)) == found


async def test_a_renamed_document_is_not_found_by_its_old_name(office: Office) -> None:
    await office.save(replace(LUISA, display_name="Before"))
    await office.save(replace(LUISA, display_name="After"))
    assert await office.names(Selection(Kind.USER, search="before")) == []
    assert await office.names(Selection(Kind.USER, search="after")) == ["luisa"]


async def test_documents_of_some_organization_units_are_listed(office: Office) -> None:
    for number in range(4):
        await office.save(
            replace(LUISA, id=f"american{number}", organization_unit_id="america", interact=SALES.interact)
        )
    everybody = await office.names(Selection(Kind.USER))
    for units, top in ((("america",), 3), (("america", "europe"), 2), (tuple("abcdefghijklmnopqrstuvw"), 5)):
        chosen = frozenset(units)
        expected = [one for one in everybody if ("america" if one.startswith("american") else "europe") in chosen]
        assert await office.names(Selection(Kind.USER, units=chosen, top=top)) == expected
    assert await office.names(Selection(Kind.USER, units=frozenset({"america"}), search="luisa")) == [
        f"american{number}" for number in range(4)
    ]
    assert await office.names(Selection(Kind.ORGANIZATION_UNIT, units=frozenset({"europe"}))) == ["europe"]


async def test_every_version_of_a_workflow_is_kept(office: Office) -> None:
    first = await office.save(replace(CHAT, id="new", name="First"), None, OTTO)
    office.clock.advance(60)
    await office.save(replace(CHAT, id="new", name="Second"), first.version, CARLA)
    told = await office.administration.versions(office.tenant_id, "new")
    assert [(one.number, one.name, one.changed.by if one.changed else None) for one in told] == [
        (2, "Second", CARLA),
        (1, "First", OTTO),
    ]
    kept = await office.administration.read_version(office.tenant_id, "new", 1)
    assert kept == replace(CHAT, id="new", name="First", version=1)
    assert await office.administration.read_version(office.tenant_id, "new", 3) is None
    assert await office.administration.versions(office.tenant_id, "nothing") == []


async def test_a_document_that_cannot_be_stored_is_named(office: Office) -> None:
    huge = replace(DIRECT, description="x" * 200_001)
    assert await office.refusal(huge) == [("too_large", "")]


async def test_the_largest_document_fits(office: Office) -> None:
    large = replace(DIRECT, id="large", description="ü" * 33_000)
    first = await office.save(large, None)
    await office.save(replace(large, description="é" * 33_000), first.version)


async def test_tenants_do_not_see_each_other(office: Office) -> None:
    await office.save(replace(LUISA, first_name="Luisa"))
    other = f"{office.tenant_id}-2"
    assert await office.administration.read(other, DocumentKey(Kind.USER, "luisa")) is None
    assert (await office.administration.list(other, Selection(Kind.USER))).items == ()
    assert (await office.administration.audit(other)).entries == ()
    assert await office.administration.licensed(other) == {}


async def test_what_changes_no_document_is_in_the_audit_log_with_its_details(office: Office) -> None:
    entry = AuditEntry(
        office.clock.now(), CARLA, AuditAction.RESET, key_of(LUISA), None, None, details={"changed": "missed, ring"}
    )
    await office.administration.record(office.tenant_id, entry)
    for kind, document_id in ((Kind.USER, "luisa"), (None, None)):
        newest = (await office.administration.audit(office.tenant_id, kind, document_id)).entries[0]
        assert newest == entry


@pytest.mark.parametrize("document", [LUISA, SALES, ROOT, CHAT, DIRECT])
async def test_what_a_newer_version_has_written_is_named_in_a_list_beside_the_others(
    office: Office, document: Document
) -> None:
    own = key_of(document)
    others = {one.id for one in office.lunifico.documents if key_of(one).kind is own.kind} - {own.id}
    await office.spoil(document)
    page = await office.administration.list(office.tenant_id, Selection(own.kind))
    assert {stored.document.id for stored in page.items} == others
    assert [one.key for one in page.illegible] == [own]
    assert "schema 2" in page.illegible[0].problem


@pytest.mark.parametrize(
    ("units", "search", "named"),
    [
        (frozenset({"europe"}), "", True),
        (frozenset({"america"}), "", False),
        (frozenset({"europe", *(f"unit-{n}" for n in range(30))}), "", True),
        (frozenset({"america", *(f"unit-{n}" for n in range(30))}), "", False),
        (None, "luisa", True),
        (frozenset({"europe"}), "luisa", True),
        (frozenset({"america"}), "luisa", False),
        (None, "mario", False),
    ],
)
async def test_it_is_named_where_it_would_be_listed(
    office: Office, units: frozenset[str] | None, search: str, *, named: bool
) -> None:
    await office.spoil(LUISA)
    page = await office.administration.list(office.tenant_id, Selection(Kind.USER, units, search))
    assert [one.key.id for one in page.illegible] == (["luisa"] if named else [])


async def test_it_is_neither_read_nor_replaced_nor_deleted_and_what_needs_it_is_not_saved(office: Office) -> None:
    await office.spoil(SALES)
    for refused in (
        office.administration.read(office.tenant_id, key_of(SALES)),
        office.save(SALES),
        office.administration.delete(office.tenant_id, key_of(SALES), ANY_VERSION, CARLA),
    ):
        with pytest.raises(NewerSchema):
            await refused
    await office.save(replace(MARIO, first_name="Mario"))
    await office.spoil(ROOT)
    with pytest.raises(NewerSchema):
        await office.save(replace(MARIO, organization_unit_id="america"))
