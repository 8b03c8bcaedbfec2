"""What the counting proxies make of requests as the SDKs send them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bench.storage_meter import FINISH, POLL, PUT, RECEIVE, StorageMeter

BATCH = (
    b"--batch\r\nContent-Type: application/http\r\n\r\n"
    b"POST http://127.0.0.1:1/devstoreaccount1/sessions HTTP/1.1\r\n\r\n{}\r\n"
    b"PUT http://127.0.0.1:1/devstoreaccount1/sessions(PartitionKey='a',RowKey='b') HTTP/1.1\r\n\r\n{}\r\n"
)
ROW = "(PartitionKey='a',RowKey='b')"
EMPTY = b'<?xml version="1.0"?><QueueMessagesList/>'
TWO_MESSAGES = b"<QueueMessagesList><QueueMessage>1</QueueMessage><QueueMessage>2</QueueMessage></QueueMessagesList>"


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("GET", f"/devstoreaccount1/agents{ROW}", b"", "read agents"),
        ("GET", "/devstoreaccount1/sessions()", b"", "range of sessions"),
        ("POST", "/devstoreaccount1/agents", b"{}", "insert into agents"),
        ("PUT", f"/devstoreaccount1/index{ROW}", b"{}", "write index"),
        ("PATCH", f"/devstoreaccount1/index{ROW}", b"{}", "merge index"),
        ("DELETE", f"/devstoreaccount1/queue{ROW}", b"", "delete queue"),
        ("POST", "/devstoreaccount1/Tables", b"{}", "make a table"),
        ("POST", "/devstoreaccount1/$batch", BATCH, "transaction on sessions"),
    ],
)
def test_a_table_request_is_one_transaction_of_a_name(method: str, path: str, body: bytes, name: str) -> None:
    meter = StorageMeter()
    meter.note_table(method, path, body)
    assert meter.tables == Counter({name: 1})


def test_a_poll_that_finds_nothing_is_told_from_one_that_receives() -> None:
    meter = StorageMeter()
    meter.note_queue("GET", "/devstoreaccount1/session-timers/messages", EMPTY)
    meter.note_queue("GET", "/devstoreaccount1/session-timers/messages", TWO_MESSAGES)
    assert meter.queue == Counter({POLL: 1, RECEIVE: 1})


def test_the_host_works_on_a_timer_message_until_it_deletes_it() -> None:
    meter = StorageMeter()
    meter.note_queue("GET", "/devstoreaccount1/session-timers/messages", TWO_MESSAGES)
    assert meter.queue_in_hand == 2
    meter.note_queue("DELETE", "/devstoreaccount1/session-timers/messages/1", b"")
    assert meter.queue_in_hand == 1
    assert meter.queue[FINISH] == 1


def test_a_timer_that_is_set_is_one_queue_message() -> None:
    meter = StorageMeter()
    meter.note_queue("POST", "/devstoreaccount1/session-timers/messages", b"")
    assert meter.queue == Counter({PUT: 1})
