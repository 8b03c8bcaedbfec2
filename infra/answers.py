"""Answers questions of the deployment scripts for which bash has no good words. Uses the standard library only.

answers.py parameter NAME [DEFAULT] < output of `az bicep build-params --stdout`
answers.py output NAME < outputs of a deployment
answers.py missing-actions < permissions of a scope, as Microsoft.Authorization/permissions lists them
answers.py graph-access FEATURE… < appRoles of Microsoft Graph's service principal
answers.py older VERSION MINIMUM
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

GRAPH = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's application id, the same in every tenant."""
PERMISSIONS = Path(__file__).parent / "entra" / "graph-permissions.json"
ROLE_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments/write"
NEEDED_ACTIONS = (
    "Microsoft.Resources/deployments/write",
    "Microsoft.Resources/deployments/whatIf/action",
    "Microsoft.Web/sites/write",
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.KeyVault/vaults/write",
    "Microsoft.KeyVault/vaults/secrets/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.EventGrid/systemTopics/eventSubscriptions/write",
    "Microsoft.BotService/botServices/write",
    "Microsoft.Insights/diagnosticSettings/write",
    ROLE_ASSIGNMENTS,
)
"""What stands for the rest: Contributor has all but the last, Role Based Access Control Administrator has that one."""


class AnswerError(Exception):
    """The question cannot be answered; the message says why."""


def parameters(built: str) -> list[str]:
    """Lines `name<tab>value` of a compiled .bicepparam file; texts as they are, everything else as JSON."""
    return _lines(json.loads(json.loads(built)["parametersJson"]).get("parameters", {}))


def outputs(printed: str) -> list[str]:
    """Lines `name<tab>value` of a deployment's outputs; none where there is no deployment."""
    return _lines(json.loads(printed.strip() or "null") or {})


def missing_actions(listed: str) -> list[str]:
    """Which of NEEDED_ACTIONS nobody's permission grants; each entry's own exclusions count."""
    entries = json.loads(listed)["value"]
    return [action for action in NEEDED_ACTIONS if not any(_grants(entry, action) for entry in entries)]


def graph_access(app_roles: str, features: Sequence[str], table: Mapping[str, Any] | None = None) -> str:
    """`requiredResourceAccess` of an app registration with the application permissions that the features need."""
    known = table if table is not None else json.loads(PERMISSIONS.read_text("utf-8"))
    unknown = [feature for feature in features if feature not in known]
    if unknown:
        raise AnswerError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    ids = {role["value"]: role["id"] for role in json.loads(app_roles)}
    wanted = sorted({permission for feature in features for permission in known[feature]["permissions"]})
    absent = [permission for permission in wanted if permission not in ids]
    if absent:
        raise AnswerError(f"Microsoft Graph has no application permission {', '.join(absent)}")
    access = [{"id": ids[permission], "type": "Role"} for permission in wanted]
    return json.dumps([{"resourceAppId": GRAPH, "resourceAccess": access}] if access else [])


def is_older(version: str, minimum: str) -> bool:
    """Whether a dotted version comes before another one."""
    return _numbers(version) < _numbers(minimum)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer; the exit code is 0, or 1 where there is none."""
    question, *rest = list(sys.argv[1:] if arguments is None else arguments) or [""]
    answers: dict[str, Callable[[], str | Iterable[str]]] = {
        "parameters": lambda: parameters(sys.stdin.read()),
        "outputs": lambda: outputs(sys.stdin.read()),
        "missing-actions": lambda: missing_actions(sys.stdin.read()),
        "graph-access": lambda: graph_access(sys.stdin.read(), rest),
        "older": lambda: "yes" if is_older(*rest) else "no",
    }
    if question not in answers:
        sys.stderr.write(__doc__ or "")
        return 1
    try:
        answer = answers[question]()
    except (AnswerError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"answers.py {question}: {error}\n")
        return 1
    sys.stdout.write(answer if isinstance(answer, str) else "\n".join(answer))
    return 0


def _lines(given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    values = {name: one.get("value") for name, one in given.items()}
    return [f"{name}\t{value if isinstance(value, str) else json.dumps(value)}" for name, value in values.items()]


def _grants(entry: Mapping[str, Sequence[str]], action: str) -> bool:
    lowered = action.lower()

    def matches(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(lowered, pattern.lower()) for pattern in patterns)

    return matches(entry.get("actions", ())) and not matches(entry.get("notActions", ()))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


if __name__ == "__main__":
    sys.exit(main())
