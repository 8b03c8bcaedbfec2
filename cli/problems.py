"""Errors in lines for people: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.errors import ApiError, CommandError, ExitCode


def lines_of(error: CommandError) -> Iterator[str]:
    """The sentence first, then places, then the remedy, and the trace where the server's log tells more."""
    if not isinstance(error, ApiError):
        yield f"Error: {error}"
    elif error.findings:
        yield "Error: this cannot be accepted as it is"
        yield from (finding_line(one) for one in error.findings)
    else:
        yield f"Error: {error.field}: {error}" if error.field else f"Error: {error}"
        yield from _beside(error)
    if error.fix:
        yield f"  Try: {error.fix}"
    if isinstance(error, ApiError) and error.exit_code is ExitCode.FAULT and error.trace:
        yield f"  The server's log has more under trace {error.trace}."


def finding_line(finding: Mapping[str, Any]) -> str:
    """`field: explanation (value)`, indented."""
    field, explanation = finding.get("field") or "", finding.get("explanation") or finding.get("rule") or ""
    value = finding.get("value")
    shown = f" (is: {value})" if value not in (None, "") and str(value) not in str(explanation) else ""
    return f"  {field}: {explanation}{shown}" if field else f"  {explanation}{shown}"


def _beside(error: ApiError) -> Iterator[str]:
    if error.used_by:
        yield "  It is used by:"
        yield from (f"    {one.get('kind')} {one.get('name') or ''} ({one.get('id')})" for one in error.used_by)
    if error.problem.get("changedBy"):
        fields = ", ".join(map(str, error.problem.get("fields") or ()))
        yield f"  Changed by {error.problem['changedBy']} at {error.problem.get('changedAt')}: {fields}"
