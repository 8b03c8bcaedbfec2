"""The pytest plugin that is loaded beside an SDK's suite: our credential, honest skips, a report."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import azure.identity
import azure.identity.aio
import pytest

from . import test_proxy
from .fake_credentials import FakeTokenCredential
from .fake_credentials_async import AsyncFakeCredential

__all__ = ["test_proxy"]  # a fixture becomes known by being a name of the plugin

REPORT_VARIABLE = "INTERACT_CONFORMANCE_REPORT"
_TEAMS_TESTS = "test_get_token_for_teams_user"
_outcomes: dict[str, str] = {}

setattr(azure.identity, "DefaultAzureCredential", FakeTokenCredential)  # noqa: B010 - mypy refuses the assignment
setattr(azure.identity.aio, "DefaultAzureCredential", AsyncFakeCredential)  # noqa: B010 - mypy refuses the assignment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a Teams user would return at once and count as passed: they are skipped by name instead."""
    for item in items:
        if item.name.startswith(_TEAMS_TESTS):
            item.add_marker(pytest.mark.skip(reason="needs the access token of a Teams user"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run what a decorator of the identity suite forgets: it calls asynchronous tests and drops their coroutines."""
    test = _dropped_test(pyfuncitem)
    if test is None:
        return None
    names = [name for name in inspect.signature(pyfuncitem.obj).parameters if name in pyfuncitem.funcargs]
    asyncio.run(test(pyfuncitem.instance, *(pyfuncitem.funcargs[name] for name in names)))
    return True


def _dropped_test(item: pytest.Function) -> Callable[..., Coroutine[Any, Any, None]] | None:
    """The asynchronous function inside a plain one that is marked as asynchronous."""
    if type(item) is not pytest.Function or item.get_closest_marker("asyncio") is None:
        return None
    cells = item.function.__closure__ or ()
    return next((cell.cell_contents for cell in cells if inspect.iscoroutinefunction(cell.cell_contents)), None)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test has the worst outcome of its set-up, its call and its tear-down."""
    if report.failed or (report.skipped and _outcomes.get(report.nodeid) != "failed"):
        _outcomes[report.nodeid] = report.outcome
    else:
        _outcomes.setdefault(report.nodeid, report.outcome)


def pytest_sessionfinish() -> None:
    Path(os.environ[REPORT_VARIABLE]).write_text(json.dumps(_outcomes))
