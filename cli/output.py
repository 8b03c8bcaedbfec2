"""What a command shows: results on stdout, everything else on stderr.

Results are tables for people or, with `--json`, exactly one JSON document. Colours, and progress that moves, are for
terminals only. Texts that others have written are shown without control characters and never read as markup.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from cli.errors import CommandError


class Advance(Protocol):
    """How progress is told: by so many more steps that are done, and what is under way now."""

    def __call__(self, steps: int = 1, now: str | None = None) -> None: ...


WIDE = 10_000
"""Columns where nobody looks: a line of a file or a pipe is never wrapped."""


class Output:
    """`json` says whether results are one JSON document."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.json = False
        self._environment = environment

    @property
    def for_results(self) -> Console:
        return self._console(sys.stdout)

    @property
    def for_notes(self) -> Console:
        return self._console(sys.stderr)

    def result(self, document: Any, *shown: RenderableType) -> None:
        """The outcome of the command: `document` as JSON with `--json`, else what is shown to people."""
        if self.json:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
            return
        results = self.for_results
        for one in shown:
            if results.is_terminal:
                results.print(one)
                continue
            with results.capture() as capture:
                results.print(one)
            sys.stdout.write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))

    def say(self, text: str, style: str = "") -> None:
        """A note for people, on stderr."""
        self.for_notes.print(plain(text), style=style)

    def warn(self, text: str) -> None:
        self.say(text, "yellow")

    def error(self, error: CommandError) -> None:
        """What went wrong and what to do about it; with `--json` a document as well."""
        from cli.problems import lines_of

        notes = self.for_notes
        for number, line in enumerate(lines_of(error)):
            notes.print(plain(line), style="bold red" if number == 0 else "")
        if self.json:
            self.result({"error": error.document()})

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Advance]:
        """A bar while the block runs; call what it gives with the number of steps that are done."""
        notes = self.for_notes
        if not notes.is_terminal:
            yield _no_step
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
        counted = [BarColumn(), MofNCompleteColumn()] if total is not None else []
        with Progress(*columns, *counted, console=notes, transient=True) as bar:
            task = bar.add_task(what, total=total)

            def advance(steps: int = 1, now: str | None = None) -> None:
                bar.advance(task, steps)
                if now is not None:
                    bar.update(task, description=now)

            yield advance

    def _console(self, stream: TextIO) -> Console:
        from rich.console import Console

        is_terminal = stream.isatty() and self._environment.get("TERM") != "dumb"
        return Console(
            file=stream,
            force_terminal=is_terminal,
            no_color=not is_terminal or bool(self._environment.get("NO_COLOR")),
            width=None if is_terminal else WIDE,
            markup=False,
            highlight=False,
            emoji=False,
            soft_wrap=not is_terminal,
        )


def _no_step(steps: int = 1, now: str | None = None) -> None:
    """Where nobody looks, nothing moves."""


def plain(text: str) -> str:
    """A text that others may have written, without signs that steer a terminal or turn text round."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "�" for sign in text)


def cell(value: Any) -> Text:
    """A value of a document as text for people: nothing for null, yes and no, lists with commas."""
    from rich.text import Text

    return Text(plain(words(value)))


def words(value: Any) -> str:
    """The same as a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(words(one) for one in value)
    if isinstance(value, Mapping | Sequence):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> Table:
    """A table for people; its cells are values of documents."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=plain(title) or None, title_justify="left", pad_edge=False, show_edge=False)
    for column in columns:
        # What is copied into the next command stays in one piece.
        made.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        made.add_row(*(cell(value) for value in row))
    return made


def facts(pairs: Mapping[str, Any]) -> Table:
    """Names with their values, one a line."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs.items():
        made.add_row(plain(name), cell(value))
    return made
