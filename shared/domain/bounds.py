"""Numbers of settings within their bounds."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.errors import Finding


def out_of_bounds(settings: object, bounds: Mapping[str, tuple[int, int]], place: str = "") -> tuple[Finding, ...]:
    """A finding for each field of `settings` that is not from lowest to highest; `place` is what stands before it."""
    return tuple(
        Finding(
            "out_of_range",
            f"{place}{field}",
            f"must be a whole number from {lowest} to {highest}; it is {getattr(settings, field)}",
        )
        for field, (lowest, highest) in bounds.items()
        if not lowest <= getattr(settings, field) <= highest
    )
