"""Mistakes in an app that Azure's engine refuses: the host has to refuse them as well, in the engine's words."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.local.host.hosts import refused

OPENING = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
"""


def app_with(directory: Path, functions: str, host_file: str = '{"version": "2.0"}') -> Path:
    app = directory / "app"
    app.mkdir()
    (app / "function_app.py").write_text(OPENING + textwrap.dedent(functions))
    (app / "host.json").write_text(host_file)
    return app


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        pytest.param(
            """
            @app.route(route="x")
            async def x(req: func.HttpRequest) -> "func.HttpResponse | None":
                return None
            """,
            "cannot load the x function: has invalid non-type return annotation",
            id="an optional return",
        ),
        pytest.param(
            """
            @app.queue_trigger(arg_name="message", queue_name="q", connection="AzureWebJobsStorage")
            async def x(msg: func.QueueMessage) -> None: ...
            """,
            "cannot load the x function: the following parameters are declared in Python but not in",
            id="a parameter that is not the binding's",
        ),
        pytest.param(
            """
            def decorated(function):
                async def wrapper(*arguments, **named):
                    return await function(*arguments, **named)
                return wrapper

            @app.route(route="x")
            @decorated
            async def x(req: func.HttpRequest) -> func.HttpResponse: ...
            """,
            "the following parameters are declared in Python but not in",
            id="a decorator without functools.wraps",
        ),
        pytest.param(
            """
            @app.event_grid_trigger(arg_name="events")
            async def x(events: list[func.EventGridEvent]) -> None: ...
            """,
            "cannot load the x function",
            id="a list of events",
        ),
        pytest.param(
            """
            @app.route(route="x")
            async def x(req: func.HttpRequest) -> func.HttpResponse: ...

            @app.route(route="y")
            async def x(req: func.HttpRequest) -> func.HttpResponse: ...
            """,
            "Function x does not have a unique function name",
            id="two functions of one name",
        ),
        pytest.param(
            "second = func.FunctionApp()",
            "More than one FunctionApp",
            id="two apps",
        ),
        pytest.param(
            "import no_such_module",
            "No module named 'no_such_module'",
            id="a missing module",
        ),
        pytest.param("", "registers no function", id="no function"),
    ],
)
def test_a_mistake_ends_the_host_with_the_engines_words(tmp_path: Path, functions: str, words: str) -> None:
    said = refused(app_with(tmp_path, functions), tmp_path)
    assert "cannot start: " in said
    assert words in said.split("cannot start: ")[1]


def test_a_binding_that_this_host_does_not_have_is_named(tmp_path: Path) -> None:
    app = app_with(
        tmp_path,
        """
        @app.route(route="x")
        @app.generic_output_binding(arg_name="out", type="signalR", hubName="h")
        async def talk(req: func.HttpRequest, out: func.Out[str]) -> func.HttpResponse: ...
        """,
    )
    said = refused(app, tmp_path)
    assert said == "cannot start: function 'talk': this host has no output binding of type 'signalR'\n"


def test_a_reserved_route_ends_the_host(tmp_path: Path) -> None:
    app = app_with(
        tmp_path,
        """
        @app.route(route="admin/portal")
        async def portal(req: func.HttpRequest) -> func.HttpResponse: ...
        """,
    )
    assert "cannot start: function 'portal': the route 'admin/portal' is reserved" in refused(app, tmp_path)


def test_a_connection_that_is_not_set_is_named(tmp_path: Path) -> None:
    app = app_with(
        tmp_path,
        """
        @app.queue_trigger(arg_name="message", queue_name="q", connection="Elsewhere")
        async def x(message: func.QueueMessage) -> None: ...
        """,
    )
    assert "cannot start: function 'x': the connection setting 'Elsewhere' is not set\n" in refused(app, tmp_path)


def test_a_directory_without_app_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere", tmp_path)
    assert "there is no host.json in" in refused(tmp_path, tmp_path)
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    assert "there is no function_app.py in" in refused(tmp_path, tmp_path)


def test_a_settings_file_that_was_asked_for_has_to_exist(tmp_path: Path) -> None:
    app = app_with(tmp_path, "")
    assert "nowhere.json does not exist" in refused(app, tmp_path, "--settings", "nowhere.json")
