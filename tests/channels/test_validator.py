"""Answers of actions are held against Rasa's schema, and the schema itself is checked once."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

from channels.validator import check_schema_once

GOOD = {
    "events": [{"event": "slot", "name": "points__focus", "value": ["LI4"]}],
    "responses": [{"text": "Hello"}],
}


@pytest.fixture
def action() -> RemoteAction:
    """Return an action whose answers are checked."""
    check_schema_once()
    return RemoteAction("action_answer_points", None)


def test_a_good_answer_passes(action: RemoteAction) -> None:
    assert action._validate_action_result(GOOD)


@pytest.mark.parametrize(
    "bad", [{"events": "none"}, {"responses": ["words"]}, {"events": [{"name": "x"}]}, []]
)
def test_a_bad_answer_is_refused(action: RemoteAction, bad: object) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(bad)


def test_the_schema_is_not_checked_again_for_an_answer(
    action: RemoteAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = validator_for(RemoteAction.action_response_format_spec())
    checked = []
    monkeypatch.setattr(kind, "check_schema", lambda *a, **k: checked.append(a))
    action._validate_action_result(GOOD)
    assert checked == []
