"""What a pasted snippet says: HTML or JavaScript as on a page, also with the faults of the one in the guide."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_SNIPPET = 20_000
QUOTES = "'\"`‘’“”„"
TYPOGRAPHIC = re.compile(r"[‘’“”„]")
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL)
SOURCE = re.compile(r"\bsrc\s*=\s*[\"']?([^\s\"'>]{1,500})", re.IGNORECASE)
LOADER = "/widget/interact.js"
CLOSES = {")": "(", "]": "[", "}": "{"}
LITERAL = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`", re.DOTALL
)
"""Comments and texts, in which brackets mean nothing."""
PROOFS = re.compile(r"\b(?:accessToken|getAccessToken)\b")


@dataclass(frozen=True)
class Snippet:
    """`script` is where it loads the widget from, None where it loads nothing; `fault` why no browser can run it.

    `gives_token`: it names the option by which a page vouches for its visitor. `asks_for_ever`: an interval that is
    never cleared, as in the guide; harmless, since the second call for a contact changes nothing.
    """

    widget_key: str = ""
    service_id: str = ""
    contact_id: str = ""
    script: str | None = None
    fault: str = ""
    gives_token: bool = False
    asks_for_ever: bool = False


def read_snippet(text: str) -> Snippet:
    """Read a snippet of at most LONGEST_SNIPPET characters; total."""
    text = text[:LONGEST_SNIPPET]
    scripts = SCRIPT.findall(text)
    code = "\n".join(body for _, body in scripts) if scripts else text
    sources = [found[1] for attributes, _ in scripts if (found := SOURCE.search(attributes)) is not None]
    return Snippet(
        widget_key=_option(text, "widgetKey"),
        service_id=_option(text, "serviceId"),
        contact_id=_option(text, "contactId"),
        script=next((source for source in sources if LOADER in source), None),
        fault=_fault(code),
        gives_token=PROOFS.search(code) is not None,
        asks_for_ever="setInterval" in code and "clearInterval" not in code,
    )


def _option(text: str, name: str) -> str:
    found = re.search(rf"\b{name}[{QUOTES}]?\s*[:=]\s*\{{?\s*[{QUOTES}]([^{QUOTES}\n]{{0,200}})[{QUOTES}]", text)
    return found[1].strip() if found else ""


def _fault(code: str) -> str:
    """Why a browser stops at this script; "" where brackets and quotation marks are as they should be."""
    bare = LITERAL.sub("", code)
    if TYPOGRAPHIC.search(bare):
        return "it has typographic quotation marks, as word processors write them"
    opened: list[str] = []
    for sign in bare:
        if sign in "([{":
            opened.append(sign)
        elif sign in CLOSES and (not opened or opened.pop() != CLOSES[sign]):
            return f"a '{sign}' closes nothing, as in the snippet that the guide prints"
    return f"a '{opened[-1]}' is never closed" if opened else ""
