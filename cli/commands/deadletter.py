"""`deadletter list`, `show` and `replay`: what got stuck, with the caller's own rights at the storage account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.call import Call, Commands
from cli.options import Account
from cli.output import plain, table
from cli.yaml_text import as_yaml

if TYPE_CHECKING:
    from cli.stuck.letters import Stuck

commands = Commands("deadletter", "What got stuck: events that could not be delivered, timers that failed.")

Id = Annotated[str, typer.Argument(help="Its id, as list shows it.", metavar="ID")]


@commands.command("list")
def list_letters(call: Call, storage: Account) -> None:
    """List what got stuck, without the texts in it.

    For instance: interact deadletter list --storage stinteractlunificoprod
    """
    from cli.stuck.letters import PRESENCE_TIMERS, SESSION_TIMERS, is_full

    with _stuck(call, storage) as stuck:
        letters = [*stuck.timers(), *stuck.events()]
    full = [queue for queue in (SESSION_TIMERS, PRESENCE_TIMERS) if is_full(letters, queue)]
    rows = [(one.id, one.kind, one.at, one.reason, one.about) for one in letters]
    columns = ("id", "kind", "at", "why", "about")
    document = {"items": [one.document() for one in letters], "complete": not full}
    call.output.result(document, *([table(columns, rows)] if rows else []))
    for queue in full:
        call.output.warn(f"There may be more of {queue}; they are seen when these are replayed.")
    if not letters:
        call.output.say("Nothing got stuck.")


@commands.command("show")
def show_letter(
    call: Call,
    letter: Id,
    storage: Account,
    with_texts: Annotated[bool, typer.Option("--with-texts", help="What customers have written, too.")] = False,
) -> None:
    """Show one of them.

    Texts and names of customers are hidden unless you ask for them.
    """
    from cli.stuck.letters import HIDDEN, texts_hidden

    with _stuck(call, storage) as stuck:
        found = stuck.show(letter)
    shown = found if with_texts else texts_hidden(found, HIDDEN)
    call.output.result(shown, plain(as_yaml(shown)).rstrip())


@commands.command("replay")
def replay_letters(
    call: Call,
    storage: Account,
    letter: Annotated[str | None, typer.Argument(help="Its id.", metavar="ID", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that list shows.")] = False,
) -> None:
    """Have the app look again, and take it away then.

    A timer goes back to its queue; for a chat message its session is looked at, whose thread holds what was written.
    Twice does no harm.
    """
    from cli.stuck.letters import NotReplayable

    if (letter is None) == (not every):
        raise typer.BadParameter("name one by its id, or say --all")
    with _stuck(call, storage) as stuck:
        wanted = [letter] if letter else sorted({one.id for one in [*stuck.timers(), *stuck.events()]})
        done, left = {}, {}
        for one in wanted:
            try:
                done[one] = stuck.replay(one)
            except NotReplayable as error:
                if letter:
                    raise
                left[one] = str(error)
    rows = [(one, "; ".join(told)) for one, told in done.items()] + [(one, f"left: {why}") for one, why in left.items()]
    call.output.result({"replayed": done, "left": left}, *([table(("id", "outcome"), rows)] if rows else []))


@contextmanager
def _stuck(call: Call, account: str) -> Iterator[Stuck]:
    from cli.storage_account import entered
    from cli.stuck.letters import Stuck

    with entered(account, call.surroundings.transport) as storage:
        yield Stuck(storage)
