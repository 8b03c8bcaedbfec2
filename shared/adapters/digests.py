"""What stands for an e-mail address in rows: an HMAC by a key that is derived from the session key for this alone."""

from __future__ import annotations

import hashlib
import hmac

from shared.adapters.session_tokens import derived_key
from shared.domain.history import normalized_address

PURPOSE = b"customer digest"


class HmacDigests:
    """Rows of the `previous` key, before a rotation, are found as long as that is there."""

    def __init__(self, key: bytes, previous: bytes | None = None) -> None:
        self._keys = [derived_key(one, PURPOSE) for one in (key, previous) if one is not None]

    def of_address(self, tenant_id: str, address: str) -> tuple[str, ...]:
        plain = normalized_address(address)
        if not plain:
            return ()
        # The length first, so that no two different pairs are written alike.
        tenant = tenant_id.encode()
        message = len(tenant).to_bytes(4, "big") + tenant + plain.encode("utf-8", "surrogatepass")
        return tuple(hmac.new(one, message, hashlib.sha256).hexdigest() for one in self._keys)
