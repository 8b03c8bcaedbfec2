"""What a pasted snippet says, with its faults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.diagnosis.snippets import LONGEST_SNIPPET, read_snippet
from tests.domain.diagnosis.scenes import APP, SNIPPET

OF_THE_GUIDE = """
User snippet
<div id='nimbus-interact'></div>
<script>
let interval = setInterval(() => {
  if (window.Nimbus && window.Nimbus.isLoaded) {
    window.Nimbus.Interact({
      widgetKey: '724013900486264105649c116394',
      contactId: '8943424-776a-4d90-ba76-085f17ca1626',
      presenceSubscription: "signalR",
    });
  }
});
}
"""


def test_the_snippet_of_a_preview_is_read_and_can_be_run() -> None:
    read = read_snippet(SNIPPET)
    assert (read.widget_key, read.service_id, read.contact_id) == ("widget-key-of-lunifico", "sales", "")
    assert (read.script, read.fault) == (f"{APP}/widget/interact.js", "")


def test_the_faulty_snippet_that_the_guide_prints_is_read_and_its_fault_named() -> None:
    read = read_snippet(OF_THE_GUIDE)
    assert read.widget_key == "724013900486264105649c116394"
    assert read.contact_id == "8943424-776a-4d90-ba76-085f17ca1626"
    assert "closes nothing" in read.fault
    assert "guide" in read.fault
    assert read.asks_for_ever


@pytest.mark.parametrize(
    "text",
    [
        "{ widgetKey: 'k', serviceId: 's' }",
        '{"widgetKey": "k", "serviceId": "s"}',
        "widgetKey=\"k\" serviceId='s'",
        '<Interact widgetKey={"k"} serviceId={`s`} />',
        "const widgetKey = 'k';\nconst serviceId = 's';",
        "{ widgetKey : ' k ',\n  serviceId :\n 's' }",
    ],
)
def test_key_and_id_are_found_however_they_are_written(text: str) -> None:
    read = read_snippet(text)
    assert (read.widget_key, read.service_id) == ("k", "s")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{ widgetKey: ‘k’, serviceId: ‘s’ }", "typographic"),
        ("<script>push({ widgetKey: 'k' }));</script>", "closes nothing"),
        ("<script>push({ widgetKey: 'k' }</script>", "never closed"),
        ("<script>// a ) in a remark\npush({ widgetKey: ')(' /* ] */ });</script>", ""),
        ("<p>unbalanced ( in the page</p><script>push();</script>", ""),
        ("", ""),
    ],
)
def test_what_no_browser_runs_is_named(text: str, fault: str) -> None:
    found = read_snippet(text).fault
    assert fault in found
    assert bool(found) is bool(fault)


def test_typographic_quotation_marks_are_read_all_the_same() -> None:
    assert read_snippet("widgetKey: “k”, serviceId: “s”").service_id == "s"


@pytest.mark.parametrize("option", ["accessToken", "getAccessToken"])
def test_whether_the_page_gives_a_token_is_seen(option: str) -> None:
    assert read_snippet(f"{{ widgetKey: 'k', {option}: async () => fetchToken() }}").gives_token
    assert not read_snippet("{ widgetKey: 'k' }").gives_token


@given(st.text(max_size=300) | st.text("<>script()[]{}'\"`/*\\\n:= widgetKeysrc", max_size=300))
def test_anything_can_be_read(text: str) -> None:
    read_snippet(text)


def test_the_longest_of_hostile_texts_takes_no_time() -> None:
    for piece in ("<script", "widgetKey:", "'", "/*", "`\\", "<script src=", "(", "widgetKey='"):
        read_snippet(piece * (LONGEST_SNIPPET // len(piece)))
