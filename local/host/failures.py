"""What can go wrong at the start; each is one sentence for the person who started the host."""

from __future__ import annotations


class HostStartError(Exception):
    """The host cannot start; the message says why and names the culprit."""


class IndexingError(HostStartError):
    """The engine refused the app; `stack_trace` is the engine's, for the log."""

    def __init__(self, message: str, stack_trace: str = "") -> None:
        super().__init__(message)
        self.stack_trace = stack_trace


class InvocationFailedError(Exception):
    """A function raised, or the engine refused what it returned; `stack_trace` is the engine's."""

    def __init__(self, message: str, stack_trace: str = "") -> None:
        super().__init__(message)
        self.stack_trace = stack_trace


class InvocationCutOffError(InvocationFailedError):
    """The host stops and could not wait for the function."""
