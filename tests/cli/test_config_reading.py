"""YAML files of the configuration: what is taken, what is refused, and where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.configuration.documents import Key
from cli.configuration.folder import read_folder
from cli.configuration.reading import LARGEST, Unreadable, read
from cli.yaml_text import as_yaml

FILE = Path("services/sales.yaml")
WORKFLOW = """\
id: chat
activities:
- id: accept
  exits: {next: queue}
- id: queue.first
  parameters:
    distribution: direct
"""


def value_of(text: str) -> Any:
    return read(text.encode(), FILE)[0]


def fault_of(text: str | bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text if isinstance(text, bytes) else text.encode(), FILE)
    return caught.value


@pytest.mark.parametrize(
    "text", ["no", "off", "yes", "17:00", "2030-01-01", "0123", "0x1f", "1_000", "1e3", "0E0", "1.5e3", "<<", "="]
)
def test_what_looks_like_text_is_text(text: str) -> None:
    assert value_of(f"name: {text}") == {"name": text}


def test_numbers_truth_and_nothing_are_what_they_are() -> None:
    assert value_of("a: 12\nb: -1.5\nc: true\nd: null\ne:\nf: ~") == {
        "a": 12,
        "b": -1.5,
        "c": True,
        "d": None,
        "e": None,
        "f": None,
    }


def test_a_language_that_yaml_takes_for_no_is_a_name() -> None:
    assert value_of("texts:\n  no: Hei") == {"texts": {"no": "Hei"}}


@pytest.mark.parametrize(
    ("rule", "text", "line", "column"),
    [
        ("alias", "a: &x 1", 1, 4),
        ("alias", "a: 1\nb: *x", 2, 4),
        ("tag", "a: 1\nb: !!python/name:os.system x", 2, 4),
        ("tag", "a: !!str 1", 1, 4),
        ("key_twice", "a: 1\nb: 2\na: 3", 3, 1),
        ("key_no_text", "1: one", 1, 1),
        ("key_no_text", "? [a]\n: b", 1, 3),
        ("no_yaml", "a: [1\nb: 2", 2, 2),
        ("no_object", "- a", 1, 1),
        ("no_object", "", 1, 1),
        ("several_documents", "a: 1\n---\nb: 2", 2, 1),
        ("number", f"a: {'9' * 5000}", 1, 4),
    ],
)
def test_what_is_refused_is_named_with_its_place(rule: str, text: str, line: int, column: int) -> None:
    fault = fault_of(text)
    assert (fault.rule, fault.place.line, fault.place.column) == (rule, line, column)


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    assert fault_of(bomb).rule == "alias"


def test_what_nests_too_deep_or_is_too_large_is_refused() -> None:
    assert fault_of("a: " + "[" * 40 + "]" * 40).rule == "too_much"
    assert fault_of("a: [" + "1," * 100_001 + "1]").rule == "too_much"
    assert fault_of(b"a" * (LARGEST + 1)).rule == "too_large"
    assert fault_of("a: ä".encode("latin-1")).rule == "no_utf8"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("id", 1),
        ("activities.accept.exits.next", 4),
        ("activities.0.exits", 4),
        ("activities.queue.first.parameters.distribution", 7),
        ("activities.queue.first.parameters.timeLimit", 6),
        ("activities.unknown", 2),
        ("start", 1),
        ("", 1),
    ],
)
def test_a_field_is_found_in_its_file(path: str, line: int) -> None:
    _, places = read(WORKFLOW.encode(), FILE)
    assert places.find(path).line == line


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_reads_back_as_the_same(document: dict[str, Any]) -> None:
    assert read(as_yaml(document).encode(), FILE)[0] == document


class TestFolder:
    def write(self, root: Path, name: str, text: str) -> Path:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def test_kinds_are_folders_and_what_is_no_yaml_is_passed_over(self, tmp_path: Path) -> None:
        self.write(tmp_path, "tenant.yaml", "name: Lunifico")
        self.write(tmp_path, "services/a.yaml", "id: sales")
        self.write(tmp_path, "organization-units/deep/b.yml", "id: root")
        self.write(tmp_path, "README.md", "# ours")
        self.write(tmp_path, ".git/x.yaml", "a: [")
        found = read_folder(tmp_path)
        assert set(found.documents) == {Key("tenant", ""), Key("services", "sales"), Key("organizationUnits", "root")}
        assert found.unreadable == ()

    def test_every_file_that_cannot_be_used_is_named(self, tmp_path: Path) -> None:
        self.write(tmp_path, "services/1.yaml", "id: sales")
        self.write(tmp_path, "services/2.yaml", "name: x\nid: sales")
        self.write(tmp_path, "services/3.yaml", "name: nobody")
        self.write(tmp_path, "servises/4.yaml", "id: x")
        self.write(tmp_path, "5.yaml", "id: x")
        self.write(tmp_path, "tenant.yaml", "acsConnectionString: endpoint=https://x/;accesskey=y")
        outside = tmp_path.parent / "outside.yaml"
        outside.write_text("id: x")
        (tmp_path / "services" / "6.yaml").symlink_to(outside)
        (tmp_path / "users").symlink_to(tmp_path.parent)
        rules = {(fault.rule, fault.place.file.name) for fault in read_folder(tmp_path).unreadable}
        assert rules == {
            ("id_repeated", "2.yaml"),
            ("id_missing", "3.yaml"),
            ("kind_unknown", "4.yaml"),
            ("kind_unknown", "5.yaml"),
            ("secret", "tenant.yaml"),
            ("link", "6.yaml"),
            ("link", "users"),
        }
