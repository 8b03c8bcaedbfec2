"""Who may do what in Azure: known roles, each with its reason, in three files only."""

from __future__ import annotations

import re

from tests.infra.bicep_text import INFRA, MODULES

ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "fd53cd77-2268-407a-8f46-7e7863d0f521": "SignalR REST API Owner",
    "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
"""Built-in roles by their ids, as Microsoft's list of built-in roles has them."""

FILES = {"roles.bicep", "acsRole.bicep", "deadLetterRole.bicep"}
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_every_role_is_a_known_one_and_says_why() -> None:
    for file in (MODULES / name for name in FILES):
        text = file.read_text()
        assert set(GUID.findall(text)) <= set(ROLES), file.name
        for assignment in re.findall(
            r"(?:^//[^\n]*\n)?^resource \w+ 'Microsoft.Authorization/role", text, re.MULTILINE
        ):
            assert assignment.startswith("//"), file.name
        assert text.count("description: '") == text.count("Microsoft.Authorization/roleAssignments@")


def test_roles_are_given_nowhere_else() -> None:
    giving = {file.name for file in INFRA.rglob("*.bicep") if "roleAssignments@" in file.read_text()}
    assert giving == FILES
