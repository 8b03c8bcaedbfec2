"""Threads and their participants."""

from __future__ import annotations

import pytest

from tests.local.acs.harness import Acs, people


async def test_a_thread_has_its_creator_and_those_named(acs: Acs) -> None:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")

    thread = await acs.thread(relay, visitor)
    answer = await acs.chat(visitor, "GET", f"{thread}/participants")

    ids = {each["communicationIdentifier"]["rawId"] for each in answer.json()["value"]}
    assert ids == {relay.id, visitor.id}


async def test_the_same_repeatability_id_gives_the_same_thread_to_the_same_user(acs: Acs) -> None:
    relay, other = await acs.user("chat"), await acs.user("chat")

    async def create(user: object) -> str:
        answer = await acs.chat(
            relay if user is relay else other, "POST", "", {"topic": "T"}, repeatability_request_id="session-1"
        )
        assert answer.status_code == 201
        return str(answer.json()["chatThread"]["id"])

    first, second, foreign = await create(relay), await create(relay), await create(other)

    assert first == second
    assert foreign != first
    assert len(acs.app.state.standin.threads[first].messages) == 2


async def test_without_a_repeatability_id_every_thread_is_new(acs: Acs) -> None:
    relay = await acs.user("chat")

    assert await acs.thread(relay) != await acs.thread(relay)


async def test_users_whom_nobody_knows_are_reported_and_left_out(acs: Acs) -> None:
    relay = await acs.user("chat")
    ghost = {"communicationIdentifier": {"rawId": "8:acs:elsewhere_1"}}

    answer = await acs.chat(relay, "POST", "", {"topic": "T", "participants": [ghost]})

    assert answer.status_code == 201
    assert [error["target"] for error in answer.json()["invalidParticipants"]] == ["8:acs:elsewhere_1"]


@pytest.mark.parametrize(("others", "status"), [(200, 201), (201, 400)])
async def test_at_most_200_participants_are_given_at_once(acs: Acs, others: int, status: int) -> None:
    relay = await acs.user("chat")

    answer = await acs.chat(relay, "POST", "", {"topic": "T", "participants": _teams_users(0, others)})

    assert answer.status_code == status


async def test_a_thread_holds_250_participants(acs: Acs) -> None:
    relay = await acs.user("chat")
    created = await acs.chat(relay, "POST", "", {"topic": "T", "participants": _teams_users(0, 200)})
    add = f"/{created.json()['chatThread']['id']}/participants/:add"

    too_many = await acs.chat(relay, "POST", add, {"participants": _teams_users(200, 250)})
    enough = await acs.chat(relay, "POST", add, {"participants": _teams_users(200, 249)})

    assert (too_many.status_code, enough.status_code) == (400, 201)


async def test_who_is_removed_has_no_access_any_more(acs: Acs) -> None:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
    thread = await acs.thread(relay, visitor)

    removed = await acs.chat(relay, "POST", f"{thread}/participants/:remove", {"communicationUser": {"id": visitor.id}})

    assert removed.status_code == 204
    assert (await acs.chat(visitor, "POST", f"{thread}/messages", {"content": "Still here?"})).status_code == 403
    assert (await acs.chat(visitor, "GET", f"{thread}/messages")).status_code == 403


async def test_a_stranger_has_no_access(acs: Acs) -> None:
    thread = await acs.thread(await acs.user("chat"))

    answer = await acs.chat(await acs.user("chat"), "GET", thread)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Forbidden"


async def test_a_deleted_thread_is_not_found_but_can_be_deleted_again(acs: Acs) -> None:
    relay = await acs.user("chat")
    thread = await acs.thread(relay)

    statuses = [(await acs.chat(relay, method, thread)).status_code for method in ("DELETE", "GET", "DELETE")]

    assert statuses == [204, 404, 204]
    assert (await acs.chat(relay, "POST", f"{thread}/messages", {"content": "Hello"})).status_code == 404


async def test_a_thread_that_never_was_cannot_be_deleted(acs: Acs) -> None:
    assert (await acs.chat(await acs.user("chat"), "DELETE", "/19:none@thread.v2")).status_code == 404


async def test_the_topic_can_be_changed(acs: Acs) -> None:
    relay = await acs.user("chat")
    thread = await acs.thread(relay)

    changed = await acs.chat(relay, "PATCH", thread, {"topic": "Invoices"})

    assert changed.status_code == 204
    assert (await acs.chat(relay, "GET", thread)).json()["topic"] == "Invoices"


async def test_a_user_lists_the_threads_of_which_it_is_a_participant(acs: Acs) -> None:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
    mine = await acs.thread(relay, visitor)
    await acs.thread(relay)

    answer = await acs.chat(visitor, "GET")

    assert ["/" + thread["id"].replace(":", "%3A").replace("@", "%40") for thread in answer.json()["value"]] == [mine]


async def test_adding_somebody_twice_changes_nothing(acs: Acs) -> None:
    relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
    thread = await acs.thread(relay, visitor)
    before = len(await acs.messages(relay, thread))

    answer = await acs.chat(relay, "POST", f"{thread}/participants/:add", {"participants": people(visitor)})

    assert answer.json() == {"invalidParticipants": []}
    assert len(await acs.messages(relay, thread)) == before


def _teams_users(first: int, end: int) -> list[dict[str, object]]:
    return [{"communicationIdentifier": {"rawId": f"8:orgid:{number}"}} for number in range(first, end)]
