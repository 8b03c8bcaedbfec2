"""The visitor's consent: which notice is shown, and what is remembered of the agreement to it.

A page says to which text the visitor has agreed by the text's digest, which it got with the text. So what is remembered
is exact, short, and still true when the notice has been changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import InvalidRequest
from shared.domain.system_messages import choose_language


@dataclass(frozen=True)
class Consent:
    """The visitor has agreed to the notice whose text has this digest."""

    digest: str
    agreed_at: datetime


class ConsentMissing(InvalidRequest):
    """The contact has a notice, and the visitor has agreed to none, or to one that is not its notice any more."""

    code = "consent_missing"


def notice_for(notices: Mapping[str, str], language: str | None, default_language: str) -> str | None:
    """The notice in the best language; None where there is nothing to agree to."""
    return notices.get(choose_language(notices, language or default_language, default_language)) or None


def digest_of(notice: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(notice.encode("utf-8", "surrogatepass")).hexdigest()


def check_consent(
    notices: Mapping[str, str], language: str | None, default_language: str, digest: str | None, now: datetime
) -> Consent | None:
    """What is to be remembered; the notice in any language will do. Raises ConsentMissing."""
    if notice_for(notices, language, default_language) is None:
        return None
    if digest not in {digest_of(notice) for notice in notices.values() if notice}:
        what = "to none" if digest is None else "to another text, perhaps an older one"
        raise ConsentMissing(f"the visitor has to agree to the contact's notice, and has agreed {what}", "consent")
    return Consent(digest, now)
