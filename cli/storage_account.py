"""A storage account by its REST API: as much of blobs, queues and tables as operating a deployment needs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx

from cli.errors import CommandError, ExitCode, NothingFound, Unreachable, Unusable

SERVICES = ("blob", "queue", "table")
VERSION = "2023-11-03"
SCOPE = "https://storage.azure.com/.default"
MOST_MESSAGES = 32
"""So many messages of a queue can be looked at without taking them out."""
PAGE = 1000
TAKEN_SECONDS = 30


class NotAllowedThere(CommandError):
    """The account does not let the caller in."""

    exit_code = ExitCode.NOT_ALLOWED
    code = "storage_not_allowed"


class AlreadyThere(CommandError):
    """There is a thing of this name already."""

    exit_code = ExitCode.NOT_ACCEPTED
    code = "already_there"


@dataclass(frozen=True)
class Account:
    """The three endpoints without a slash at their end, and a shared access signature where there is one."""

    blob: str
    queue: str
    table: str
    signature: str = ""


@dataclass(frozen=True)
class QueuedMessage:
    """`text` is decoded; `receipt` is there where it was taken out."""

    id: str
    text: str
    inserted: str
    attempts: int
    receipt: str = ""


def account_of(text: str) -> Account:
    """The account of this name, or of a connection string with endpoints and SharedAccessSignature; raises Unusable."""
    if "=" not in text:
        if not (3 <= len(text) <= 24 and text.isalnum() and text == text.lower()):
            raise Unusable(f"'{text}' is no name of a storage account", "az storage account list --query [].name")
        blob, queue, table = (f"https://{text}.{service}.core.windows.net" for service in SERVICES)
        return Account(blob, queue, table)
    pairs = (pair.partition("=") for pair in text.split(";") if pair.strip())
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    blob, queue, table = (parts.get(f"{service}endpoint", "").rstrip("/") for service in SERVICES)
    signature = parts.get("sharedaccesssignature", "").lstrip("?")
    if not (blob and queue and table and signature):
        fix = "name the account, or give BlobEndpoint, QueueEndpoint, TableEndpoint and SharedAccessSignature"
        raise Unusable("this connection string cannot be used", fix)
    return Account(blob, queue, table, signature)


class Storage:
    """Calls of one account; `token` gives an access token where there is no signature."""

    def __init__(
        self, account: Account, token: Callable[[], str], transport: httpx.BaseTransport | None = None
    ) -> None:
        self._account = account
        self._token = token
        self._client = httpx.Client(timeout=30.0, transport=transport)

    def blobs(self, container: str) -> Iterator[tuple[str, str]]:
        """Names of all blobs with the times of their last change, page after page."""
        marker = ""
        while True:
            query = f"restype=container&comp=list&maxresults={PAGE}" + (f"&marker={quote(marker)}" if marker else "")
            page = _xml(self._send("GET", f"{self._account.blob}/{container}?{query}"))
            for blob in page.iter("Blob"):
                yield blob.findtext("Name", ""), blob.findtext("Properties/Last-Modified", "")
            marker = page.findtext("NextMarker") or ""
            if not marker:
                return

    def read_blob(self, container: str, name: str) -> bytes:
        """Raises NothingFound."""
        return self._send("GET", f"{self._account.blob}/{container}/{quote(name)}").content

    def delete_blob(self, container: str, name: str) -> None:
        self._send("DELETE", f"{self._account.blob}/{container}/{quote(name)}")

    def peek(self, queue: str) -> list[QueuedMessage]:
        """The first messages, which stay where they are; none where there is no such queue."""
        return self._messages(f"{queue}/messages?peekonly=true&numofmessages={MOST_MESSAGES}")

    def take(self, queue: str) -> list[QueuedMessage]:
        """The first messages, which nobody else gets for a while."""
        return self._messages(f"{queue}/messages?numofmessages={MOST_MESSAGES}&visibilitytimeout={TAKEN_SECONDS}")

    def put(self, queue: str, text: str) -> None:
        encoded = base64.b64encode(text.encode()).decode()
        body = f"<QueueMessage><MessageText>{escape(encoded)}</MessageText></QueueMessage>"
        # Never expires, as a deadline that is put off.
        self._send("POST", f"{self._account.queue}/{queue}/messages?messagettl=-1", content=body.encode())

    def remove(self, queue: str, message: QueuedMessage) -> None:
        path = f"{queue}/messages/{quote(message.id, safe='')}?popreceipt={quote(message.receipt, safe='')}"
        self._send("DELETE", f"{self._account.queue}/{path}")

    def give_back(self, queue: str, message: QueuedMessage) -> None:
        """Others may see it again at once."""
        receipt = quote(message.receipt, safe="")
        path = f"{queue}/messages/{quote(message.id, safe='')}?popreceipt={receipt}&visibilitytimeout=0"
        encoded = base64.b64encode(message.text.encode()).decode()
        body = f"<QueueMessage><MessageText>{escape(encoded)}</MessageText></QueueMessage>"
        self._send("PUT", f"{self._account.queue}/{path}", content=body.encode())

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """All rows with the types of their properties, page after page; none where there is no such table."""
        following = ""
        while True:
            try:
                page = self._send("GET", f"{self._account.table}/{table}()?$top={PAGE}{following}", typed=True)
            except NothingFound:
                return
            yield from page.json()["value"]
            names = ("NextPartitionKey", "NextRowKey")
            given = {name: page.headers.get(f"x-ms-continuation-{name}") for name in names}
            following = "".join(f"&{name}={quote(value, safe='')}" for name, value in given.items() if value)
            if not following:
                return

    def put_row(self, table: str, row: Mapping[str, Any], *, replace: bool) -> bool:
        """Write a row as `rows` gives it; whether it was written, since one that is there may be left alone."""
        body = json.dumps(row).encode()
        if replace:
            where = _where(str(row["PartitionKey"]), str(row["RowKey"]))
            self._send("PUT", f"{self._account.table}/{table}({where})", content=body, typed=True)
            return True
        try:
            self._send("POST", f"{self._account.table}/{table}", content=body, typed=True)
        except AlreadyThere:
            return False
        return True

    def make_table(self, table: str) -> None:
        """No matter if it is there."""
        with suppress(AlreadyThere):
            body = json.dumps({"TableName": table}).encode()
            self._send("POST", f"{self._account.table}/Tables", content=body, typed=True)

    def row(self, table: str, partition: str, key: str) -> dict[str, Any] | None:
        """A row, or None where there is none."""
        where = _where(partition, key)
        try:
            found: dict[str, Any] = self._send("GET", f"{self._account.table}/{table}({where})").json()
        except NothingFound:
            return None
        return found

    def close(self) -> None:
        self._client.close()

    def _messages(self, path: str) -> list[QueuedMessage]:
        try:
            page = _xml(self._send("GET", f"{self._account.queue}/{path}"))
        except NothingFound:
            return []
        return [_message(one) for one in page.iter("QueueMessage")]

    def _send(self, method: str, url: str, *, content: bytes | None = None, typed: bool = False) -> httpx.Response:
        """Raises NotAllowedThere, NothingFound, AlreadyThere or Unreachable; no message shows the signature."""
        headers = {"x-ms-version": VERSION, "Accept": f"application/json;odata={'minimal' if typed else 'no'}metadata"}
        if typed and content is not None:
            headers |= {"Content-Type": "application/json", "Prefer": "return-no-content"}
        if self._account.signature:
            url += ("&" if "?" in url else "?") + self._account.signature
        else:
            headers["Authorization"] = f"Bearer {self._token()}"
        what = f"{method} {httpx.URL(url).copy_with(query=None)}"
        try:
            response = self._client.request(method, url, headers=headers, content=content)
        except httpx.TransportError as error:
            raise Unreachable(f"{what}: {type(error).__name__}", "check name and network of the account") from error
        _raise_for(what, response)
        return response


def _where(partition: str, key: str) -> str:
    named = (("PartitionKey", partition), ("RowKey", key))
    return ",".join(f"{name}='{quote(value, safe='')}'" for name, value in named)


def _raise_for(what: str, response: httpx.Response) -> None:
    code = response.headers.get("x-ms-error-code", "")
    if response.status_code in (401, 403):
        fix = "you need roles there, of Blob Data, Queue Data and Table Data; docs/operate.md has them"
        raise NotAllowedThere(f"{what} was answered {response.status_code} {code}", fix)
    if response.status_code == 404:
        raise NothingFound(f"{what}: there is no such thing")
    if response.status_code == 409:
        raise AlreadyThere(f"{what}: it is there already")
    if not response.is_success:
        raise Unreachable(f"{what} was answered {response.status_code} {code}")


def _xml(response: httpx.Response) -> ElementTree.Element:
    return ElementTree.fromstring(response.content.decode("utf-8-sig"))  # noqa: S314


def _message(found: ElementTree.Element) -> QueuedMessage:
    encoded = found.findtext("MessageText", "")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        text = encoded
    attempts = int(found.findtext("DequeueCount", "0"))
    receipt = found.findtext("PopReceipt", "")
    return QueuedMessage(found.findtext("MessageId", ""), text, found.findtext("InsertionTime", ""), attempts, receipt)


def credential_token() -> Callable[[], str]:
    """Access tokens of whoever is signed in to Azure here; raises CommandError."""
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import DefaultAzureCredential

    credential = DefaultAzureCredential()

    def token() -> str:
        try:
            return credential.get_token(SCOPE).token
        except ClientAuthenticationError as error:
            raise Unusable("you are not signed in to Azure", "az login") from error

    return token


@contextmanager
def entered(account: str, transport: httpx.BaseTransport | None) -> Iterator[Storage]:
    """The account that a text names, with the rights of whoever is signed in; raises Unusable."""
    found = account_of(account)
    storage = Storage(found, str if found.signature else credential_token(), transport)
    try:
        yield storage
    finally:
        storage.close()
