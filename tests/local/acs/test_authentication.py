"""Who is let in: signatures of the access key, users' tokens, scopes, versions."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from local.acs.moments import now_milliseconds
from local.acs.options import AcsOptions
from local.acs.tokens import TokenIssuer
from tests.local.acs.harness import CHAT, IDENTITY, Acs, ChatUser, people, running, signed_headers

TARGET = f"/identities?{IDENTITY}"
BODY = b'{"createTokenWithScopes":["chat"]}'


async def _post(acs: Acs, headers: dict[str, str], body: bytes = BODY, target: str = TARGET) -> tuple[int, str]:
    answer = await acs.http.post(target, content=body, headers=headers)
    return answer.status_code, answer.json().get("error", {}).get("code", "")


async def test_a_signed_request_passes(acs: Acs) -> None:
    headers = signed_headers(acs.options.access_key, "POST", TARGET, BODY)

    assert await _post(acs, headers) == (201, "")


async def test_a_body_other_than_the_signed_one_is_denied(acs: Acs) -> None:
    headers = signed_headers(acs.options.access_key, "POST", TARGET, BODY)

    assert await _post(acs, headers, body=BODY.replace(b"chat", b"voip")) == (401, "Denied")


async def test_a_body_and_its_hash_exchanged_together_are_denied(acs: Acs) -> None:
    other = BODY.replace(b"chat", b"voip")
    signed = signed_headers(acs.options.access_key, "POST", TARGET, BODY)
    forged = signed_headers(acs.options.access_key, "POST", TARGET, other)

    mixed = signed | {"x-ms-content-sha256": forged["x-ms-content-sha256"]}

    assert await _post(acs, mixed, body=other) == (401, "Denied")


@pytest.mark.parametrize("target", [TARGET + "&more=1", "/identities/?" + IDENTITY])
async def test_a_path_other_than_the_signed_one_is_denied(acs: Acs, target: str) -> None:
    headers = signed_headers(acs.options.access_key, "POST", target, BODY)

    assert await _post(acs, headers) == (401, "Denied")


@pytest.mark.parametrize(("minutes", "status"), [(-6, 401), (-4, 201), (4, 201), (6, 401)])
async def test_the_date_may_differ_by_five_minutes(acs: Acs, minutes: int, status: int) -> None:
    headers = signed_headers(acs.options.access_key, "POST", TARGET, BODY, date=time.time() + minutes * 60)

    assert (await _post(acs, headers))[0] == status


async def test_another_key_is_denied(acs: Acs) -> None:
    assert await _post(acs, signed_headers("b3RoZXI=", "POST", TARGET, BODY)) == (401, "Denied")


@pytest.mark.parametrize("authorization", ["", "HMAC-SHA256 nonsense", "Basic eDp5", "Bearer some.entra.token"])
async def test_anything_but_a_signature_is_refused(acs: Acs, authorization: str) -> None:
    assert (await _post(acs, {"Authorization": authorization}))[0] == 401


async def test_colons_may_be_signed_plain_or_encoded(acs: Acs) -> None:
    user = await acs.user("chat")
    sent = f"/identities/{user.id.replace(':', '%3A')}/:issueAccessToken?{IDENTITY}"

    for signed in (sent, sent.replace("%3A", ":")):
        headers = signed_headers(acs.options.access_key, "POST", signed, b'{"scopes":["chat"]}')
        assert (await _post(acs, headers, b'{"scopes":["chat"]}', target=sent))[0] == 200


async def test_the_entra_token_of_the_options_is_accepted_for_identities() -> None:
    async with running(AcsOptions(entra_token="entra")) as acs:
        assert (await _post(acs, {"Authorization": "Bearer entra"}))[0] == 201


@pytest.mark.parametrize("target", ["/identities", "/identities?api-version=2019-01-01"])
async def test_the_version_of_the_api_must_be_given(acs: Acs, target: str) -> None:
    headers = signed_headers(acs.options.access_key, "POST", target, BODY)

    assert await _post(acs, headers, target=target) == (400, "BadRequest")


async def test_an_expired_token_is_refused(acs: Acs) -> None:
    user = await acs.user("chat")
    issuer = TokenIssuer(acs.app.state.standin.signing_key, acs.options.immutable_resource_id)
    token, _ = issuer.issue(user.id, 0, ["chat"], 60, now_milliseconds() - 61 * 60 * 1000)

    answer = await acs.chat(ChatUser(user.id, token), "GET")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "Unauthorized"


async def test_a_token_of_another_resource_is_refused(acs: Acs) -> None:
    user = await acs.user("chat")
    foreign, _ = TokenIssuer("another key of at least thirty-two bytes", "other").issue(
        user.id, 0, ["chat"], 60, now_milliseconds()
    )

    assert (await acs.chat(ChatUser(user.id, foreign), "GET")).status_code == 401


@pytest.mark.parametrize("token", ["", "a.b.c", "no-dots"])
async def test_a_malformed_token_is_refused(acs: Acs, token: str) -> None:
    assert (await acs.chat(ChatUser("8:acs:x", token), "GET")).status_code == 401


async def test_a_signature_opens_no_chat(acs: Acs) -> None:
    target = f"/chat/threads?{CHAT}"

    answer = await acs.http.get(target, headers=signed_headers(acs.options.access_key, "GET", target, b""))

    assert answer.status_code == 401


async def test_a_limited_token_takes_part_but_manages_nothing(acs: Acs) -> None:
    owner, visitor, other = await acs.user("chat"), await acs.user("chat.join.limited"), await acs.user("chat")
    thread = await acs.thread(owner, visitor)

    message = await acs.send(visitor, thread, "Hello")
    allowed = [
        await acs.chat(visitor, "GET", f"{thread}/messages"),
        await acs.chat(visitor, "GET", f"{thread}/messages/{message}"),
        await acs.chat(visitor, "GET", f"{thread}/participants"),
        await acs.chat(visitor, "POST", f"{thread}/typing", {}),
        await acs.chat(visitor, "POST", f"{thread}/readReceipts", {"chatMessageId": message}),
    ]
    refused = [
        await acs.chat(visitor, "POST", "", {"topic": "Mine"}),
        await acs.chat(visitor, "PATCH", thread, {"topic": "Mine"}),
        await acs.chat(visitor, "DELETE", thread),
        await acs.chat(visitor, "POST", f"{thread}/participants/:add", {"participants": people(other)}),
        await acs.chat(visitor, "POST", f"{thread}/participants/:remove", {"rawId": owner.id}),
    ]

    assert [answer.status_code for answer in allowed] == [200] * 5
    assert [answer.status_code for answer in refused] == [403] * 5


async def test_a_joining_token_may_add_participants_but_create_no_thread(acs: Acs) -> None:
    owner, joiner, other = await acs.user("chat"), await acs.user("chat.join"), await acs.user("chat")
    thread = await acs.thread(owner, joiner)

    added = await acs.chat(joiner, "POST", f"{thread}/participants/:add", {"participants": people(other)})
    created = await acs.chat(joiner, "POST", "", {"topic": "Mine"})

    assert (added.status_code, created.status_code) == (201, 403)


async def test_a_calling_token_opens_no_chat(acs: Acs) -> None:
    assert (await acs.chat(await acs.user("voip"), "GET")).status_code == 403


async def test_a_token_with_a_changed_claim_is_refused(acs: Acs) -> None:
    user = await acs.user("chat.join.limited")
    mightier = await acs.user("chat")
    head, _, signature = user.token.split(".")

    forged = replace(user, token=".".join([head, mightier.token.split(".")[1], signature]))

    assert (await acs.chat(forged, "GET")).status_code == 401
