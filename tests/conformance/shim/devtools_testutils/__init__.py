"""What the SDKs' suites import from the Azure SDK's test tools, for one purpose: run live, record nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])


class AzureRecordedTestCase:
    """Always live: there are no recordings in the source distributions."""

    @property
    def is_live(self) -> bool:
        return True

    def is_playback(self) -> bool:
        return False


def is_live() -> bool:
    return True


def recorded_by_proxy(test: Test) -> Test:
    return test


@pytest.fixture(scope="session")
def test_proxy() -> None:
    """The suites' session fixtures ask for a proxy before they register what it should hide."""


def _record_nothing(*_: Any, **__: Any) -> None:
    """Stands for every function that tells the recording proxy what to hide."""


add_body_key_sanitizer = _record_nothing
add_general_regex_sanitizer = _record_nothing
add_general_string_sanitizer = _record_nothing
add_header_regex_sanitizer = _record_nothing
add_oauth_response_sanitizer = _record_nothing
set_default_session_settings = _record_nothing
