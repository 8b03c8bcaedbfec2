"""What administrators read about every field: one catalogue for each language, in the words of the guide.

Keys are `Type` and `Type.field`, with fields as the API writes them; values are title and description.
"""

from __future__ import annotations

from collections.abc import Mapping

from functions.schema_texts import de, en

CATALOGUE: dict[str, Mapping[str, tuple[str, str]]] = {"en": en.TEXTS, "de": de.TEXTS}
