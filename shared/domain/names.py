"""Names that administrators give: shown to customers, agents and administrators, so that nothing in them may act."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.domain.characters import is_plain
from shared.domain.errors import Finding

LONGEST_NAME = 200
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}\Z")
"""What addresses, files and logs can hold as it is."""
MARKUP = frozenset("<>")


def check_id(text: str) -> tuple[Finding, ...]:
    """A finding for an id that a new document cannot have."""
    if ID.match(text):
        return ()
    why = "must have 1 to 128 letters of English, digits and . _ @ -, and begin with a letter or digit"
    return (Finding("id_characters", "id", why),)


def check_names(names: Mapping[str, str], *, needed: str) -> tuple[Finding, ...]:
    """A finding for each name, by its field, that cannot be one; `needed` is the field that must not be empty."""
    findings: list[Finding] = []
    for field, name in names.items():
        if field == needed and not name.strip():
            findings.append(Finding("name_missing", field, "give it a name"))
        elif len(name) > LONGEST_NAME:
            findings.append(Finding("too_long", field, f"must have at most {LONGEST_NAME} characters"))
        elif not is_plain(name) or MARKUP.intersection(name):
            why = "must not contain < or >, control characters, or characters that change the direction of text"
            findings.append(Finding("name_characters", field, why))
    return tuple(findings)
