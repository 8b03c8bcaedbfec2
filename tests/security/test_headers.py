"""What browsers are told about every answer: what it is, who may keep it, what may run in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import files
from functions.preview import policy
from functions.widget import BASE
from shared.domain.challenges import ChallengeKind
from tests.functions.world import ORIGIN, WIDGET_KEY, World, form
from tests.security.web import OF_SESSIONS, call, of_session, start

PATHS = [
    "widget/assets/..%2Finteract.js",
    "widget/assets/%2e%2e%2finteract.js",
    "widget/assets/..%5Cinteract.js",
    "widget/assets/%2Fetc%2Fpasswd",
    "widget/assets/chat.js%00.css",
    "widget/assets/__proto__",
    "widget/assets/..",
    "preview/preview.html",
    "preview/..%2Finteract.js",
    "preview/%0d%0aSet-Cookie:%20a=b",
]


@pytest.fixture(autouse=True)
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A built widget."""
    for name in ("interact.js", "assets/chat-en-6JZUAXBI.js", "preview/preview.html", "preview/preview.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<title>{{title}}</title>{{snippet}}" if name.endswith("html") else "void 0")
    monkeypatch.setattr(files, "DIST", tmp_path)
    yield
    files.files_of.cache_clear()


@pytest.mark.parametrize("path", ["widget/interact.js", "widget/assets/chat-en-6JZUAXBI.js", "preview/preview.js"])
async def test_files_are_what_they_are_for_every_page(world: World, path: str) -> None:
    for headers in ({}, {"accept-encoding": "gzip"}):
        response = await call("GET", path, headers=headers)
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert response.headers["cache-control"].startswith("public, max-age=")
        assert response.mimetype == "text/javascript"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", PATHS)
async def test_no_path_leads_out_of_the_folder(world: World, path: str) -> None:
    response = await call("GET", path)
    assert response.status_code == 404
    assert "set-cookie" not in response.headers
    assert b"void" not in response.get_body()


@pytest.mark.parametrize("kind", list(ChallengeKind))
async def test_the_preview_runs_nothing_from_elsewhere(world: World, kind: ChallengeKind) -> None:
    response = await call("GET", "preview/service/sales")
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cache-control"] == "no-store"
    for text in (headers["content-security-policy"], policy(["https://acs.example"], kind)):
        found = dict(part.strip().split(" ", 1) for part in text.split(";"))
        assert "unsafe" not in text
        assert "data:" not in found["script-src"]
        assert not {"*", "http:", "https:"} & set(text.replace(";", " ").split())
        assert found["object-src"] == found["base-uri"] == found["form-action"] == found["frame-ancestors"] == "'none'"


async def test_no_answer_of_the_widget_api_is_kept_or_taken_for_something_else(world: World) -> None:
    started = await start()
    found = [await call("POST", f"{BASE}/sessions", form(serviceId="nobody"))]
    found += [
        await call("GET", f"{BASE}/{what}?widgetKey={WIDGET_KEY}&serviceId=sales") for what in ("contact", "presence")
    ]
    for token in (started["sessionToken"], "forged"):
        found += [await of_session(method, route, started["sessionId"], token) for method, route in OF_SESSIONS]
    for response in found:
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in response.headers
        assert "set-cookie" not in response.headers
        assert response.mimetype in ("application/json", "application/problem+json")
