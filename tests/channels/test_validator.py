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


@pytest.mark.parametrize(
    "event",
    [
        {"event": "slot", "name": "x", "value": 1},
        {"event": "slot", "name": "x", "value": {"a": [None]}, "timestamp": None},
        {"event": "slot", "name": "x", "value": None, "timestamp": 1.5},
        {"event": "slot", "name": 5, "value": 1},
        {"event": "slot", "name": "x"},
        {"event": "slot", "name": "x", "value": 1, "timestamp": "now"},
        {"event": "slot", "value": 1},
        {"event": "bot", "text": "x"},
    ],
)
def test_told_by_hand_is_told_as_by_the_schema(action: RemoteAction, event: dict) -> None:
    from jsonschema import Draft7Validator

    def is_fine() -> bool:
        try:
            return action._validate_action_result({"events": [event]})
        except ValidationError:
            return False

    schema = Draft7Validator(RemoteAction.action_response_format_spec())
    assert is_fine() is schema.is_valid({"events": [event]})
