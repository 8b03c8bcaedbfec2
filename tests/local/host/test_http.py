"""HTTP triggers of a running host."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.local.host.hosts import APPS, KEYS, MASTER, RunningHost, host, wait_until


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    settings = str(APPS / "web" / "settings.json")
    directory = tmp_path_factory.mktemp("web")
    with host(APPS / "web", directory, "--settings", settings, settings={"IN_BOTH": "from the environment"}) as running:
        yield running


def exchanged(web: RunningHost, raw_request: bytes) -> bytes:
    """What the host answers to bytes that no client library would send."""
    port = int(web.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw_request)
        answer = b""
        while received := connection.recv(65536):
            answer += received
        return answer


def test_the_ready_line_names_the_address_and_every_function(web: RunningHost) -> None:
    assert web.ready_line.startswith("ready http://localhost:")
    assert "functions: echo, size, files," in web.ready_line


def test_a_function_gets_method_url_route_query_headers_and_body(web: RunningHost) -> None:
    shown = web.post("/echo/7/r%C3%A9st?a=1&b=x%20y", content="{}", headers={"X-Some": "Thing"}).json()
    assert shown["method"] == "POST"
    assert shown["url"] == f"{web.url}/echo/7/r%C3%A9st?a=1&b=x%20y"
    assert shown["route"] == {"id": "7", "rest": "rést"}
    assert shown["query"] == {"a": "1", "b": "x y"}
    assert shown["headers"]["x-some"] == "Thing"
    assert shown["body"] == "{}"


def test_repeated_query_values_are_joined_by_commas_and_empty_ones_dropped(web: RunningHost) -> None:
    assert web.get("/echo/7?a=1&a=2&empty=&bare").json()["query"] == {"a": "1,2"}


def test_repeated_headers_are_joined_by_commas(web: RunningHost) -> None:
    shown = web.get("/echo/7", headers=[("X-Many", "1"), ("X-Many", "2")]).json()
    assert shown["headers"]["x-many"] == "1,2"


def test_a_body_without_content_length_does_not_reach_the_function(web: RunningHost) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"lost"

    assert web.post("/echo/7", content=chunks()).json()["body"] == ""


def test_a_large_body_reaches_the_function_whole(web: RunningHost) -> None:
    assert web.post("/size", content=b"x" * 5_000_000).json() == 5_000_000


def test_a_body_above_100_megabytes_is_refused_with_413(web: RunningHost) -> None:
    answer = exchanged(
        web, b"POST /size HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 104857601\r\n\r\nx"
    )
    assert answer.startswith(b"HTTP/1.1 413")


def test_the_trace_of_the_caller_goes_on(web: RunningHost) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    shown = web.get("/echo/7", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}).json()
    version, trace_id, span_id, flags = shown["traceParent"].split("-")
    assert (version, trace_id, flags) == ("00", trace, "01")
    assert span_id != "b7ad6b7169203331"


def test_a_request_without_trace_starts_one(web: RunningHost) -> None:
    assert len(web.get("/echo/7").json()["traceParent"]) == 55


@pytest.mark.parametrize("path", ["/nowhere", "/echo/seven", "/echo", "/api/echo/7", "/", "/runtime/webhooks/other"])
def test_an_unknown_path_is_404(web: RunningHost, path: str) -> None:
    assert web.get(path).status_code == 404


def test_a_wrong_method_is_404(web: RunningHost) -> None:
    assert web.post("/sync").status_code == 404
    assert web.request("HEAD", "/sync").status_code == 404


def test_paths_match_in_any_case(web: RunningHost) -> None:
    assert web.get("/ECHO/7").status_code == 200


def test_a_literal_route_comes_before_a_catch_all(web: RunningHost) -> None:
    assert web.get("/files/index").text == "the index"
    assert web.get("/files/a/b.txt").json() == {"path": "a/b.txt"}
    assert web.get("/files").json() == {}


def test_a_sync_function_runs_in_a_thread_and_its_log_lines_name_it(web: RunningHost) -> None:
    assert web.get("/sync").text == "hi"
    wait_until(lambda: "in_a_thread: said in a thread" in web.log)


def test_a_text_that_a_function_returns_is_the_body(web: RunningHost) -> None:
    response = web.get("/text")
    assert (response.status_code, response.text) == (200, "plain")


def test_cookies_stay_apart_while_another_repeated_header_collapses(web: RunningHost) -> None:
    response = web.get("/cookies")
    assert response.status_code == 202
    assert response.headers.get_list("x-one") == ["2"]
    assert response.headers.get_list("set-cookie") == [
        "a=1; max-age=60; path=/x; secure; samesite=lax; httponly",
        "b=2; path=/",
    ]


def test_204_has_no_body(web: RunningHost) -> None:
    response = web.request("DELETE", "/nothing")
    assert (response.status_code, response.content) == (204, b"")


def test_a_function_that_raises_is_500_without_a_word_and_logged(web: RunningHost) -> None:
    response = web.get("/boom")
    assert (response.status_code, response.content) == (500, b"")
    wait_until(lambda: "boom failed: RuntimeError: the secret of the app" in web.log)
    assert "function_app.py" in web.log


def test_a_function_that_returns_a_dictionary_fails_as_on_azure(web: RunningHost) -> None:
    assert web.get("/dictionary").status_code == 500
    wait_until(lambda: "dictionary failed: TypeError: unable to encode outgoing TypedData" in web.log)


def test_a_function_key_opens_functions_of_level_function(web: RunningHost) -> None:
    assert web.get("/function-key").status_code == 401
    assert web.get("/function-key", headers={"x-functions-key": KEYS["default"]}).text == "in"
    assert web.get("/function-key", params={"code": KEYS["default"]}).text == "in"
    assert web.get("/function-key", headers=MASTER).text == "in"
    assert web.get("/function-key", headers={"x-functions-key": KEYS["eventgrid"]}).status_code == 401


def test_only_the_master_key_opens_functions_of_level_admin(web: RunningHost) -> None:
    assert web.get("/master-key", headers={"x-functions-key": KEYS["default"]}).status_code == 401
    assert web.get("/master-key", headers=MASTER).text == "in"


def test_the_key_in_the_header_counts_before_the_one_in_the_query(web: RunningHost) -> None:
    response = web.get("/function-key", params={"code": KEYS["default"]}, headers={"x-functions-key": "wrong"})
    assert response.status_code == 401


def test_a_preflight_goes_to_the_function_that_takes_options(web: RunningHost) -> None:
    response = web.request("OPTIONS", "/preflight", headers={"origin": "https://lunifico.example"})
    assert response.headers["access-control-allow-origin"] == "https://lunifico.example"
    assert web.request("OPTIONS", "/sync").status_code == 404


def test_settings_are_there_before_the_app_is_imported_and_the_environment_wins(web: RunningHost) -> None:
    assert web.get("/settings").json() == {"FROM_FILE": "from the file", "IN_BOTH": "from the environment"}


def test_the_administration_lists_functions_for_the_master_key_only(web: RunningHost) -> None:
    assert web.get("/admin/functions").status_code == 401
    listed = {one["name"]: one["config"]["bindings"] for one in web.get("/admin/functions", headers=MASTER).json()}
    assert [binding["type"] for binding in listed["echo"]] == ["httpTrigger", "http"]
    assert listed["echo"][0]["route"] == "echo/{id:int}/{rest?}"
    assert web.get("/admin/functions/ECHO", headers=MASTER).json()["name"] == "echo"
    assert web.get("/admin/functions/unknown", headers=MASTER).status_code == 404


def test_the_administration_tells_that_the_host_runs(web: RunningHost) -> None:
    assert web.get("/admin/host/status").status_code == 401
    assert web.get("/admin/host/status", headers=MASTER).json() == {"state": "Running"}


def test_an_http_function_cannot_be_invoked_by_hand(web: RunningHost) -> None:
    assert web.post("/admin/functions/echo", headers=MASTER, json={"input": "x"}).status_code == 400
