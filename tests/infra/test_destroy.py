"""infra/destroy.sh asks twice, and deletes what is ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.infra.fake_azure import APP, GROUP, FakeAzure, Rule, changes


@pytest.fixture
def azure(tmp_path: Path) -> FakeAzure:
    return FakeAzure(tmp_path / "azure")


class TestDestroying:
    SURE = f"{GROUP}\ndelete all conversations of lunifico dev\n"

    def test_it_asks_twice(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        assert ended.code == 0, ended.said
        assert ended.of("group", "delete") == [["group", "delete", "--name", GROUP, "--yes"]]
        assert ended.of("ad", "app", "delete") == []

    @pytest.mark.parametrize("said", ["", f"{GROUP}\n", f"{GROUP}\nyes\n", "y\ny\n"])
    def test_anything_else_deletes_nothing(self, azure: FakeAzure, said: str) -> None:
        ended = azure.run("destroy.sh", "dev", said=said)
        assert ended.code == 1
        assert "nothing was deleted" in ended.said
        assert changes(ended.commands) == []

    def test_a_plan_deletes_nothing(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", "--plan", "--with-registration")
        assert ended.code == 0, ended.said
        assert changes(ended.commands) == []

    def test_the_registration_goes_where_that_is_wanted(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "dev", "--with-registration", said=self.SURE)
        assert ended.of("ad", "app", "delete") == [["ad", "app", "delete", "--id", APP]]

    def test_subscriptions_on_somebody_else_s_topic_are_taken_back(self, azure: FakeAzure) -> None:
        outputs = {"functionAppName": "f", "topicName": "shared-topic", "topicResourceGroup": "rg-shared"}
        answer = json.dumps({name: {"value": value} for name, value in outputs.items()})
        azure.before = [Rule(["deployment", "group", "list", "--output", "json"], answer)]
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        deleted = ended.of("eventgrid", "system-topic", "event-subscription", "delete")
        assert [command[command.index("--name") + 1] for command in deleted] == [
            "func-interact-lunifico-dev-chat",
            "func-interact-lunifico-dev-incoming-calls",
            "func-interact-lunifico-dev-calls",
        ]

    def test_a_group_that_is_not_there_is_not_deleted(self, azure: FakeAzure) -> None:
        azure.has_resources = False
        ended = azure.run("destroy.sh", "dev", said=self.SURE)
        assert ended.code == 1
        assert "there is no resource group" in ended.said

    def test_its_options_are_told_and_nothing_is_done(self, azure: FakeAzure) -> None:
        ended = azure.run("destroy.sh", "--help")
        assert ended.code == 0
        assert "--with-registration" in ended.said
        assert ended.commands == []
