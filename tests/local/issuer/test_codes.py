"""Authorization code with PKCE (RFC 6749, 7636, 8252, 9207) and the page where one chooses who one is."""

from __future__ import annotations

import pytest

from tests.local.issuer.client import ADMIN, BASE, BOSS, HOME, READER, SITE, Client, Time, error_of, query_of


async def test_a_code_becomes_tokens_of_whom_was_chosen(client: Client) -> None:
    page = await client.open_page(client.request())
    assert "Tenant Administrator" in page.text
    back = await client.submit(page, person=READER.id)
    home = query_of(back)
    assert back.headers["location"].startswith(HOME)
    assert (home["state"], home["iss"]) == ("the state", client.options.issuer)
    answer = (await client.redeem(home["code"])).json()
    assert answer["token_type"] == "Bearer"
    claims = await client.claims(answer["access_token"])
    assert (claims["oid"], claims["name"], claims["roles"]) == (READER.id, "Reader", ["Reader"])
    assert (await client.claims(answer["id_token"]))["nonce"] == "the nonce"


async def test_a_code_is_used_once(client: Client) -> None:
    back = await client.submit(await client.open_page(client.request()), person=BOSS.id)
    code = query_of(back)["code"]
    assert (await client.redeem(code)).status_code == 200
    assert error_of(await client.redeem(code)) == "invalid_grant"


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "another-verifier-that-is-long-enough-for-the-rfc"},
        {"redirect_uri": "http://localhost:5001/callback"},
        {"client_id": SITE.id},
        {"code": "made-up"},
    ],
)
async def test_a_code_is_worth_nothing_for_others(client: Client, change: dict[str, str]) -> None:
    back = await client.submit(await client.open_page(client.request()), person=BOSS.id)
    assert error_of(await client.redeem(query_of(back)["code"], **change)) == "invalid_grant"


async def test_a_code_does_not_last(client: Client, time: Time) -> None:
    back = await client.submit(await client.open_page(client.request()), person=BOSS.id)
    time.now += client.options.code_lifetime
    assert error_of(await client.redeem(query_of(back)["code"])) == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "openid https://graph.microsoft.com/.default"}, "invalid_scope"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_what_cannot_be_done_is_told_at_home(client: Client, change: dict[str, str | None], error: str) -> None:
    home = query_of(await client.open_page(client.request(**change)))
    assert (home["error"], home["state"]) == (error, "the state")
    assert "code" not in home


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://attacker.example/"},
        {"redirect_uri": "http://localhost.attacker.example/"},
        {"redirect_uri": "http://localhost@attacker.example/"},
        {"redirect_uri": "http://localhost\\@attacker.example/"},
        {"redirect_uri": "http://localhost:5000/#x"},
        {"redirect_uri": "javascript:alert(1)//localhost"},
        {"redirect_uri": None},
        {"client_id": "made-up"},
    ],
)
async def test_nothing_is_sent_anywhere_but_to_this_machine(client: Client, change: dict[str, str | None]) -> None:
    page = await client.open_page(client.request(**change))
    assert page.status_code == 400
    assert "location" not in page.headers


@pytest.mark.parametrize("home", ["http://127.0.0.1:49152/x?y=1", "http://[::1]:80/", "http://localhost/"])
async def test_any_port_and_path_of_this_machine_will_do(client: Client, home: str) -> None:
    back = await client.submit(await client.open_page(client.request(redirect_uri=home)), person=BOSS.id)
    assert back.headers["location"].startswith(home.partition("?")[0])
    assert (await client.redeem(query_of(back)["code"], redirect_uri=home)).status_code == 200


async def test_an_answer_may_come_in_the_fragment(client: Client) -> None:
    back = await client.submit(await client.open_page(client.request(response_mode="fragment")), person=BOSS.id)
    assert back.headers["location"].startswith(f"{HOME}#code=")


async def test_whoever_declines_is_not_signed_in(client: Client) -> None:
    home = query_of(await client.submit(await client.open_page(client.request()), deny="yes"))
    assert home["error"] == "access_denied"


async def test_whom_the_directory_does_not_know_is_asked_again(client: Client) -> None:
    page = await client.submit(await client.open_page(client.request()), person="made-up")
    assert page.status_code == 200
    assert "Choose one of these" in page.text


async def test_a_customer_says_who_they_are(client: Client) -> None:
    answer = await client.signed_in(SITE, name="Carla Customer", email="carla@example.com")
    claims = await client.claims(answer["access_token"], SITE.id)
    assert (claims["name"], claims["email"], claims["email_verified"]) == ("Carla Customer", "carla@example.com", True)
    assert claims["scp"] == "access_as_user"
    assert "roles" not in claims
    again = await client.signed_in(SITE, name="Carla", email="CARLA@example.com")
    assert (await client.claims(again["access_token"], SITE.id))["sub"] == claims["sub"]


async def test_a_customer_without_address_is_asked_again(client: Client) -> None:
    page = await client.submit(await client.open_page(client.request(SITE)), name="Carla", email="none")
    assert page.status_code == 200


async def test_what_is_shown_is_escaped(client: Client) -> None:
    page = await client.open_page(client.request(SITE, state='"><script>alert(1)</script>'))
    assert "<script" not in page.text
    assert "Customers&#x27; &lt;site&gt;" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_form_of_another_site_signs_nobody_in(client: Client) -> None:
    endpoint = (await client.discover())["authorization_endpoint"]
    form = {**client.request(), "person": BOSS.id}
    answer = await client.http.post(endpoint, data=form, headers={"origin": "https://attacker.example"})
    assert answer.status_code == 403


async def test_browsers_name_the_origin_of_our_own_forms(client: Client) -> None:
    """With the policy `no-referrer` they send `Origin: null`, and nobody could sign in."""
    page = await client.open_page(client.request())
    assert page.headers["referrer-policy"] == "same-origin"


async def test_a_name_that_was_made_to_point_here_is_no_way_in(client: Client) -> None:
    answer = await client.http.get(f"{BASE}/device", headers={"host": "rebound.attacker.example"})
    assert answer.status_code == 400


async def test_pages_of_this_machine_may_redeem_codes_and_others_may_not(client: Client) -> None:
    endpoint = (await client.discover())["token_endpoint"]
    for origin, allowed in (("http://localhost:7071", True), ("https://attacker.example", False)):
        answer = await client.http.post(endpoint, data={"client_id": ADMIN.id}, headers={"origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


async def test_signing_out_goes_on_on_this_machine_only(client: Client) -> None:
    endpoint = (await client.discover())["end_session_endpoint"]
    home = await client.http.get(endpoint, params={"post_logout_redirect_uri": HOME, "state": "s"})
    assert home.headers["location"] == f"{HOME}?state=s"
    away = await client.http.get(endpoint, params={"post_logout_redirect_uri": "https://attacker.example"})
    assert away.status_code == 200
