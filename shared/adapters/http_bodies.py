"""Bodies of answers, read whole and no further than a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.errors import NotSent

if TYPE_CHECKING:
    import aiohttp

PIECE = 16_384
RETRY_AFTER = 5.0


async def bounded_body(response: aiohttp.ClientResponse, longest: int, what: str) -> bytes:
    """All pieces of the body; raises NotSent where there are more bytes than that."""
    body = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        body += piece
        if len(body) > longest:
            raise NotSent(f"{what} was answered with more than {longest} bytes", RETRY_AFTER)
    return bytes(body)
