"""What can go wrong in a command, and the exit codes that scripts rely on; docs/command-line.md lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    CHANGED_MEANWHILE = 6
    UNREACHABLE = 7
    NOT_ACCEPTED = 8
    FAULT = 9
    CHANGES = 10
    INTERRUPTED = 130


MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "it is done, or what was checked is as it should be",
    ExitCode.FINDINGS: "what was checked has findings, or is not as it should be",
    ExitCode.USAGE: "the command line, a file or a setting cannot be used as it is",
    ExitCode.NOT_SIGNED_IN: "nobody is signed in, or the access token does not count any more",
    ExitCode.NOT_ALLOWED: "your roles do not allow it",
    ExitCode.NOT_FOUND: "there is nothing of this name or id",
    ExitCode.CHANGED_MEANWHILE: "somebody else has changed it meanwhile; nothing of theirs was overwritten",
    ExitCode.UNREACHABLE: "the server cannot be reached, or is too busy, also after several attempts",
    ExitCode.NOT_ACCEPTED: "the server does not accept it; the message names place, value and remedy",
    ExitCode.FAULT: "a fault of the server or of this command",
    ExitCode.CHANGES: "there is something to apply, where `--exit-code` asks for it",
    ExitCode.INTERRUPTED: "ended by Ctrl-C",
}

OF_STATUS: Mapping[int, ExitCode] = {
    400: ExitCode.NOT_ACCEPTED,
    401: ExitCode.NOT_SIGNED_IN,
    403: ExitCode.NOT_ALLOWED,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.NOT_ACCEPTED,
    412: ExitCode.CHANGED_MEANWHILE,
    413: ExitCode.NOT_ACCEPTED,
    415: ExitCode.NOT_ACCEPTED,
    422: ExitCode.NOT_ACCEPTED,
    428: ExitCode.NOT_ACCEPTED,
    429: ExitCode.UNREACHABLE,
    502: ExitCode.UNREACHABLE,
    503: ExitCode.UNREACHABLE,
    504: ExitCode.UNREACHABLE,
}


class CommandError(Exception):
    """A command cannot go on. The message is a sentence for people, `fix` what they can do about it."""

    exit_code = ExitCode.FAULT
    code = "failed"

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix

    def document(self) -> dict[str, Any]:
        """What `--json` prints."""
        told = {"code": self.code, "detail": str(self), "exitCode": int(self.exit_code)}
        return {**told, "fix": self.fix} if self.fix else told


class Unusable(CommandError):
    """An argument, a file or a setting cannot be used."""

    exit_code = ExitCode.USAGE
    code = "unusable"


class NotSignedIn(CommandError):
    """There is no access token, or it counts no more and cannot be renewed."""

    exit_code = ExitCode.NOT_SIGNED_IN
    code = "not_signed_in"


class NothingFound(CommandError):
    """There is nothing of this name or id, or more than one thing."""

    exit_code = ExitCode.NOT_FOUND
    code = "not_found"


class Unreachable(CommandError):
    """The server does not answer, or not now."""

    exit_code = ExitCode.UNREACHABLE
    code = "unreachable"


class ApiError(CommandError):
    """The API's answer to a call that it refuses: a problem (RFC 9457) with all that it says."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"the server answered {status}"))
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code") or "failed")
        self.exit_code = OF_STATUS.get(status, ExitCode.FAULT)
        if self.exit_code is ExitCode.NOT_SIGNED_IN:
            self.fix = "sign in: interact login"

    @property
    def field(self) -> str | None:
        """The one place that cannot be used."""
        field = self.problem.get("field")
        return field if isinstance(field, str) else None

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """Each with `rule`, `field`, `explanation` and maybe `value`."""
        return _objects(self.problem.get("findings"))

    @property
    def used_by(self) -> Sequence[Mapping[str, Any]]:
        """What refers to a document that cannot be deleted: `kind`, `id`, `name`."""
        return _objects(self.problem.get("usedBy"))

    @property
    def trace(self) -> str | None:
        """Under which the server's log tells more."""
        trace = self.problem.get("trace")
        return trace if isinstance(trace, str) else None

    def document(self) -> dict[str, Any]:
        return {**self.problem, **super().document()}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
