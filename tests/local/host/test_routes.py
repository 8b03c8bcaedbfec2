"""Route templates, precedence, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from local.host.bindings import Function
from local.host.failures import HostStartError
from local.host.route_templates import Template
from local.host.routes import RouteTable


def function(name: str, route: str | None = None, methods: Sequence[str] = ()) -> Function:
    trigger = {"direction": "IN", "type": "httpTrigger", "name": "req", "route": route, "methods": list(methods)}
    return Function.of(name, name, [trigger, {"direction": "OUT", "type": "http", "name": "$return"}])


def found(table: RouteTable, path: str, method: str = "GET") -> tuple[str, Mapping[str, str]] | None:
    match = table.find(method, path)
    return None if match is None else (match[0].name, match[1])


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("plain", "/plain", {}),
        ("plain", "/PLAIN/", {}),
        ("plain", "/plainer", None),
        ("plain", "/plain/more", None),
        ("plain", "//plain", None),
        ("a/{b}", "/a/1", {"b": "1"}),
        ("a/{b}", "/a", None),
        ("a/{b}", "/a/", None),
        ("a/{b?}", "/a", {}),
        ("a/{b?}", "/a/x", {"b": "x"}),
        ("a/{b=7}", "/a", {"b": "7"}),
        ("a/{b:int=7}/{c?}", "/a/8/x", {"b": "8", "c": "x"}),
        ("a/{*rest}", "/a", {}),
        ("a/{*rest}", "/a/b/c", {"rest": "b/c"}),
        ("{*rest}", "/", {}),
        ("a/{b}", "/a/x%20y", {"b": "x y"}),
        ("a/{b}", "/a/x%2Fy", {"b": "x%2Fy"}),
        ("a/{b}", "/a/%C3%A9", {"b": "é"}),
        ("assets/{name}-{hash}.js", "/assets/chunk-a1b2.js", {"name": "chunk", "hash": "a1b2"}),
        ("assets/{name}-{hash:length(4)}.js", "/assets/chunk-a1b.js", None),
        ("assets/{name}.js", "/assets/.js", None),
        ("{x:int}", "/12", {"x": "12"}),
        ("{x:int}", "/-12", {"x": "-12"}),
        ("{x:int}", "/2147483648", None),
        ("{x:long}", "/2147483648", {"x": "2147483648"}),
        ("{x:int:min(3)}", "/2", None),
        ("{x:max(3)}", "/3", {"x": "3"}),
        ("{x:range(2,4)}", "/5", None),
        ("{x:bool}", "/True", {"x": "True"}),
        ("{x:bool}", "/yes", None),
        ("{x:alpha}", "/abc1", None),
        ("{x:guid}", "/7b0e4d6a-3c1f-4c0e-9f3e-0d6f6f8a2b11", {"x": "7b0e4d6a-3c1f-4c0e-9f3e-0d6f6f8a2b11"}),
        ("{x:guid}", "/no-guid", None),
        ("{x:datetime}", "/2026-11-22", {"x": "2026-11-22"}),
        ("{x:double}", "/1.5", {"x": "1.5"}),
        ("{x:minlength(3)}", "/ab", None),
        ("{x:maxlength(3)}", "/abcd", None),
        ("{x:length(2,3)}", "/abc", {"x": "abc"}),
        (r"{x:regex(^\d{{3}}$)}", "/123", {"x": "123"}),
        (r"{x:regex(^\d{{3}}$)}", "/1234", None),
        ("{x:regex(^(a:b|c=d)$)}", "/a:b", {"x": "a:b"}),
    ],
)
def test_a_template_matches_as_in_asp_net(template: str, path: str, parameters: Mapping[str, str] | None) -> None:
    assert Template.parse(template).match(path) == parameters


@pytest.mark.parametrize(
    "template",
    ["{a}/{A}", "{*rest}/more", "{a", "a}", "{1a}", "{a:unknown}", "{a:min(x)}", "{a}{b}", "x{a?}", "{a:int(3)}"],
)
def test_a_broken_template_is_refused(template: str) -> None:
    with pytest.raises(HostStartError, match="route"):
        Template.parse(template)


def test_the_most_specific_route_answers_whatever_the_order_of_registration() -> None:
    table = RouteTable.of(
        [
            function("rest", "a/{*rest}"),
            function("any", "a/{b}"),
            function("number", "a/{b:int}"),
            function("literal", "a/b"),
            function("part", "a/x-{b}"),
        ],
        "",
    )
    assert found(table, "/a/b") == ("literal", {})
    assert found(table, "/a/7") == ("number", {"b": "7"})
    assert found(table, "/a/x-1") == ("part", {"b": "1"})
    assert found(table, "/a/word") == ("any", {"b": "word"})
    assert found(table, "/a/b/c") == ("rest", {"rest": "b/c"})


def test_methods_share_a_route() -> None:
    table = RouteTable.of([function("read", "thing", ["GET"]), function("write", "thing", ["PUT", "POST"])], "api")
    assert found(table, "/api/thing") == ("read", {})
    assert found(table, "/api/thing", "PUT") == ("write", {})
    assert found(table, "/api/thing", "DELETE") is None


def test_a_function_without_methods_takes_all_of_them() -> None:
    table = RouteTable.of([function("any", "thing")], "api")
    assert found(table, "/api/thing", "PATCH") == ("any", {})


def test_a_function_without_route_answers_at_its_name() -> None:
    assert found(RouteTable.of([function("Hello")], "api"), "/api/hello") == ("Hello", {})


def test_the_prefix_is_compared_in_any_case_and_as_whole_segments() -> None:
    table = RouteTable.of([function("hello"), function("rest", "{*rest}")], "v1/api")
    assert found(table, "/V1/Api/hello") == ("hello", {})
    assert found(table, "/v1/api") == ("rest", {})
    assert found(table, "/v1/apihello") is None
    assert found(table, "/hello") is None


@pytest.mark.parametrize("route", ["admin", "Admin/functions", "runtime/x", "administration"])
def test_a_reserved_route_is_refused_by_name(route: str) -> None:
    with pytest.raises(HostStartError, match=f"function 'portal': the route '{route}' is reserved"):
        RouteTable.of([function("portal", route)], "api")


def test_a_route_that_two_functions_claim_for_one_method_is_refused() -> None:
    with pytest.raises(HostStartError, match="function 'second': the route 'A' is already that of function 'first'"):
        RouteTable.of([function("first", "a", ["GET"]), function("second", "A", ["GET", "PUT"])], "api")
