"""How commands are made: a function with a `Call` first; `--json` and the handling of errors come by themselves."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import session
from cli.errors import CommandError, ExitCode, Unusable
from cli.output import Output
from cli.surroundings import Surroundings

if TYPE_CHECKING:
    from cli.api import Api
    from cli.tokens import Tokens

Command = Callable[..., None]
JSON_OPTION = Annotated[bool, typer.Option("--json", help="One JSON document on stdout; notes stay on stderr.")]
TRACE = "INTERACT_TRACE"


class Call:
    """One call of the command line: where its results go, and the API as whoever is signed in."""

    def __init__(self, surroundings: Surroundings, context: typer.Context) -> None:
        self.surroundings = surroundings
        self.context = context
        self.output = Output(surroundings.environment)

    @cached_property
    def api(self) -> Api:
        """Raises NotSignedIn."""
        from cli.sign_in import renew
        from cli.tokens import tokens_of

        around = self.surroundings
        stored = session.read(around.directory)
        url = session.api_address(around.environment, stored)
        own = stored if stored is not None and session.checked_address(stored.url) == url else None
        tokens = tokens_of(around.environment, around.directory, own, partial(renew, around), around.now)
        return self.api_at(url, tokens)

    def api_at(self, url: str, tokens: Tokens) -> Api:
        """The API of a deployment with these tokens."""
        from cli.api import Api

        around = self.surroundings
        return Api(url, tokens, transport=around.transport, pause=around.pause, say=self.output.say)

    def confirm(self, question: str, is_sure: bool) -> None:
        """Ask before something is done; raises Unusable where the answer is no, or nobody is there to give one."""
        if is_sure:
            return
        if self.output.json:
            raise Unusable("this asks first, and with --json there is nobody to ask", "add --yes")
        try:
            agreed = typer.confirm(question, err=True)
        except typer.Abort:
            if sys.stdin.isatty():
                raise
            raise Unusable(f"{question} Nobody can be asked here", "add --yes") from None
        if not agreed:
            raise Unusable("nothing was changed", "answer y, or add --yes")


class Commands:
    """Commands that are added together: below a name of their own, or with "" at the top."""

    def __init__(self, name: str, title: str = "") -> None:
        self.name = name
        self.app = typer.Typer(name=name or None, help=title or None, no_args_is_help=bool(name))

    def command(self, name: str, **options: Any) -> Callable[[Command], Command]:
        """A command; its function takes a `Call` first, and further parameters as Typer knows them."""

        def register(function: Command) -> Command:
            self.app.command(name, **options)(_adapted(function))
            return function

        return register


def finish(code: ExitCode) -> None:
    """End the command with this exit code, after it has shown what it has to show."""
    raise typer.Exit(int(code))


def _adapted(function: Command) -> Command:
    """The function as Typer calls it: with the context in place of the `Call`, and with `--json`."""
    signature = inspect.signature(function, eval_str=True)
    _, *own = signature.parameters.values()

    def run(context: typer.Context, json: bool = False, **given: Any) -> None:
        call = Call(context.obj if isinstance(context.obj, Surroundings) else Surroundings(), context)
        call.output.json = json
        try:
            function(call, **given)
        except CommandError as error:
            call.output.error(error)
            raise typer.Exit(int(error.exit_code)) from None
        except (typer.Exit, typer.Abort, typer.BadParameter, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:
            if call.surroundings.environment.get(TRACE):
                raise
            call.output.error(_fault(error))
            raise typer.Exit(int(ExitCode.FAULT)) from None

    keyword = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", keyword, annotation=typer.Context)
    json = inspect.Parameter("json", keyword, annotation=JSON_OPTION, default=False)
    parameters = [context, *(one.replace(kind=keyword) for one in own), json]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__doc__, run.__name__, run.__module__ = function.__doc__, function.__name__, function.__module__
    return run


def _fault(error: Exception) -> CommandError:
    what = f"this is a fault of the command ({type(error).__name__}: {error})"
    return CommandError(what, f"set {TRACE}=1 to see where it happens, and report it")
