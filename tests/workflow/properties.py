"""How properties are tried out: the same examples in every run, so that a build fails for a reason of its own."""

from __future__ import annotations

from hypothesis import settings

EXAMPLES = settings(max_examples=80, deadline=None, derandomize=True)
