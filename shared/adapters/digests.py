"""What stands for an e-mail address in rows: an HMAC by a key that is derived from the session key for this alone."""

from __future__ import annotations

import hashlib
import hmac

from shared.adapters.session_tokens import derived_key
from shared.domain.history import normalized_address

PURPOSE = b"customer digest"


class HmacDigests:
    """Rows of keys before a rotation are found as long as those are there; a key may be named twice."""

    def __init__(self, key: bytes, *before: bytes | None) -> None:
        known = dict.fromkeys(one for one in (key, *before) if one is not None)
        self._keys = [derived_key(one, PURPOSE) for one in known]

    def of_address(self, tenant_id: str, address: str) -> tuple[str, ...]:
        plain = normalized_address(address)
        if not plain:
            return ()
        # The length first, so that no two different pairs are written alike.
        tenant = tenant_id.encode()
        message = len(tenant).to_bytes(4, "big") + tenant + plain.encode("utf-8", "surrogatepass")
        return tuple(hmac.new(one, message, hashlib.sha256).hexdigest() for one in self._keys)
