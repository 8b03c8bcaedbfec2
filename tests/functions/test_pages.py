"""The widget's files, and the preview page."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from functions import files
from functions.pages import preview_file, preview_service, preview_user, widget_asset, widget_loader
from shared.domain.domain_templates import DomainRow
from tests.functions.world import LUISA, SERVICE, TEMPLATE, TENANT, WIDGET_KEY, World, json_of, request

LOADER = b"console.log('loader');" * 50
CHUNK = b"export const chat = 1;" * 50
PAGE = (
    '<title>{{title}}</title><body data-kind="{{kind}}" data-key="{{widgetKey}}" data-id="{{id}}">'
    "<h1>{{contactName}}</h1><pre>{{snippet}}</pre>"
)
HOSTILE_IDS = ['"><script>alert(1)</script>', "</script><img src=x>", "{{widgetKey}}", "a&b"]


@pytest.fixture(autouse=True)
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A built widget."""
    directory = tmp_path / "dist"
    for name, content in {
        "interact.js": LOADER,
        "manifest.json": b"{}",
        "assets/chat-en-6JZUAXBI.js": CHUNK,
        "assets/chat-en-6JZUAXBI.js.br": b"brotli of the chunk",
        "assets/notes.txt": b"not a type that is served",
        "preview/preview.html": PAGE.encode(),
        "preview/preview.css": b"body{}",
        "preview/preview.js": b"void 0",
    }.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "secret.js").write_text("outside")
    (directory / "assets" / "linked.js").symlink_to(tmp_path / "secret.js")
    monkeypatch.setattr(files, "DIST", directory)
    yield directory
    files.files_of.cache_clear()


async def asset(name: str, **headers: str) -> func.HttpResponse:
    sent = request("GET", f"widget/assets/{name}", route={"name": name}, headers=headers)
    response: func.HttpResponse = await widget_asset(sent)
    return response


class TestFiles:
    async def test_the_loader_is_fresh_within_minutes(self, world: World) -> None:
        response = await widget_loader(request("GET", "widget/interact.js"))
        assert response.get_body() == LOADER
        assert response.mimetype == "text/javascript"
        assert response.headers["cache-control"] == "public, max-age=300"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"

    async def test_a_hashed_name_is_kept_for_ever(self, world: World) -> None:
        response = await asset("chat-en-6JZUAXBI.js")
        assert response.get_body() == CHUNK
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [
            ("gzip, deflate, br", "br"),
            ("gzip", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("gzip;q=0", None),
            ("identity", None),
            ("", None),
        ],
    )
    async def test_it_is_compressed_as_the_client_wants(
        self, world: World, accepted: str, encoding: str | None
    ) -> None:
        response = await asset("chat-en-6JZUAXBI.js", **{"accept-encoding": accepted})
        assert response.headers.get("content-encoding") == encoding
        assert response.headers["vary"] == "Accept-Encoding"
        body = response.get_body()
        assert {"br": b"brotli of the chunk", "gzip": body, None: CHUNK}[encoding] == body
        if encoding == "gzip":
            assert gzip.decompress(body) == CHUNK

    async def test_a_client_that_has_it_gets_304(self, world: World) -> None:
        tags = set()
        for accepted in ("", "gzip", "br"):
            first = await asset("chat-en-6JZUAXBI.js", **{"accept-encoding": accepted})
            tag = first.headers["etag"]
            tags.add(tag)
            known = {"accept-encoding": accepted, "if-none-match": f'W/"other", {tag}'}
            again = await asset("chat-en-6JZUAXBI.js", **known)
            assert (again.status_code, again.get_body()) == (304, b"")
        assert len(tags) == 3

    @pytest.mark.parametrize(
        "name",
        [
            "../manifest.json",
            "..%2fmanifest.json",
            "../../secret.js",
            "linked.js",
            "notes.txt",
            "chat-en-6JZUAXBI.js.br",
            "CHAT-EN-6JZUAXBI.JS",
            "chat-en-6JZUAXBI.js\x00",
            "",
            ".",
            "/etc/passwd",
        ],
    )
    async def test_nothing_else_is_served(self, world: World, name: str) -> None:
        response = await asset(name)
        assert response.status_code == 404
        assert json_of(response)["code"] == "invalid"

    async def test_a_widget_that_was_not_built_is_a_404(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "DIST", files.DIST / "missing")
        assert (await widget_loader(request("GET", "widget/interact.js"))).status_code == 404

    @pytest.mark.parametrize(("name", "status"), [("preview.css", 200), ("preview.js", 200), ("preview.html", 404)])
    async def test_the_preview_s_files(self, world: World, name: str, status: int) -> None:
        response = await preview_file(request("GET", f"preview/{name}", route={"name": name}))
        assert response.status_code == status


class Page(HTMLParser):
    """A parsed preview: attributes of the body, and the texts by element."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.body: dict[str, str | None] = {}
        self.texts: dict[str, str] = {}
        self.elements: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag == "body":
            self.body = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.texts[self.elements[-1]] = self.texts.get(self.elements[-1], "") + data


async def preview(contact_id: str, handler: Any = preview_service, query: str = "") -> func.HttpResponse:
    sent = request("GET", f"preview/x{query}", route={"id": contact_id}, headers={"origin": ""})
    response: func.HttpResponse = await handler(sent)
    return response


def page(response: func.HttpResponse) -> Page:
    assert response.status_code == 200, response.get_body()
    return Page(response.get_body().decode())


def unrestricted(world: World) -> None:
    """Open to every page, the preview included."""
    world.config.put(TENANT.id, replace(SERVICE, interact=replace(SERVICE.interact, restrict_access=False)))


class TestPreview:
    async def test_it_shows_the_widget_of_a_service(self, world: World) -> None:
        unrestricted(world)
        shown = page(await preview("sales"))
        assert shown.body == {"data-kind": "service", "data-key": WIDGET_KEY, "data-id": "sales"}
        assert shown.texts["h1"] == "Lunifico Sales"

    async def test_it_shows_the_widget_of_a_user(self, world: World) -> None:
        world.config.put(TENANT.id, replace(LUISA, interact=replace(LUISA.interact, restrict_access=False)))
        shown = page(await preview("luisa", preview_user))
        assert (shown.body["data-kind"], shown.texts["h1"]) == ("user", "Luisa")

    async def test_its_snippet_is_what_goes_into_a_page(self, world: World) -> None:
        unrestricted(world)
        snippet = page(await preview("sales")).texts["pre"]
        assert '<script async src="https://interact.lunifico.example/widget/interact.js"></script>' in snippet
        call = snippet.split("queue.push(")[1].split(");")[0]
        assert json.loads(call) == {"widgetKey": WIDGET_KEY, "serviceId": "sales", "presenceSubscription": "signalR"}

    @pytest.mark.parametrize(
        "contact_id", ['"><script>alert(1)</script>', "</script><img src=x>", "{{widgetKey}}", "a&b"]
    )
    async def test_a_hostile_id_stays_a_text(self, world: World, contact_id: str) -> None:
        response = await preview(contact_id)
        shown = page(response)
        assert shown.body["data-id"] == contact_id
        assert shown.elements == ["title", "body", "h1", "pre"]
        if "<" in contact_id:
            assert contact_id not in response.get_body().decode()
            assert contact_id not in shown.texts["pre"]

    async def test_it_says_no_more_of_a_contact_than_its_widget_would(self, world: World) -> None:
        assert page(await preview("sales")).texts["h1"] == "service sales"
        assert page(await preview("nobody")).texts["h1"] == "service nobody"

    async def test_behind_a_gateway_it_stands_at_the_public_address(self, world: World) -> None:
        own = replace(TEMPLATE, domains=(DomainRow("https", "interact.lunifico.example"),))
        world.config.put(TENANT.id, own)
        behind = {
            "host": "func-interact.azurewebsites.net",
            "x-forwarded-host": "interact.lunifico.example",
            "origin": "",
        }
        sent = request("GET", "preview/service/sales", route={"id": "sales"}, headers=behind)
        assert f"<h1>{SERVICE.name}</h1>" in (await preview_service(sent)).get_body().decode()

    async def test_its_policy_lets_it_load_and_connect_where_the_widget_has_to(self, world: World) -> None:
        headers = (await preview("sales")).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert policy["connect-src"] == "'self' https://acs.example https://push.example wss://push.example"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"

    async def test_with_several_tenants_one_is_named(self, world: World) -> None:
        other = replace(TENANT, id="rival", widget_key="another-widget-key")
        world.config.put(other.id, other)
        assert (await preview("sales")).status_code == 404
        assert page(await preview("sales", query="?tenant=lunifico")).body["data-key"] == WIDGET_KEY
        assert page(await preview("sales", query="?tenant=rival")).body["data-key"] == "another-widget-key"
        assert (await preview("sales", query="?tenant=nobody")).status_code == 404

    async def test_an_id_has_at_most_128_characters(self, world: World) -> None:
        assert (await preview("i" * 129)).status_code == 400


def test_the_real_template_has_a_value_for_every_placeholder() -> None:
    from functions.preview import PLACEHOLDER

    template = (Path(__file__).parents[2] / "widget" / "preview" / "preview.html").read_text()
    assert set(PLACEHOLDER.findall(template)) <= set(PLACEHOLDER.findall(PAGE))
