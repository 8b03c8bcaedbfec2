"""Documents as YAML for people: fields in the server's order, texts of several lines as blocks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml


def as_yaml(value: Any) -> str:
    """The value as a YAML text that reads back as the same."""
    import yaml

    text: str = yaml.dump(value, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=120)
    return text


@functools.cache
def _dumper() -> type[yaml.SafeDumper]:
    """Without anchors, and with block texts. Made when it is needed: most commands do without YAML."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def of_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, of_text)
    return Dumper
