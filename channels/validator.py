"""Rasa checks every answer of an action against a schema, and the schema itself each time: here it is checked once.

Upstream fault: ``RemoteAction._validate_action_result`` builds the schema of all events and hands it to
``jsonschema.validate``, which checks the schema before the answer, 30 to 70 ms of processor time for each
message. There is no extension point for it, so the method is replaced; what it accepts and refuses is the same.
Slot events, which are nearly all that our actions return, are told by hand: the schema tries every kind of event.
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def check_schema_once() -> None:
    """Replace the check of action results by one with a compiled schema; calling it again changes nothing."""
    if getattr(RemoteAction._validate_action_result, "is_compiled", False):
        return
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    compiled = kind(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        """Tell that a result is valid; jsonschema's ValidationError if it is not."""
        events = result.get("events") if isinstance(result, dict) else None
        if isinstance(events, list):
            result = {**result, "events": [event for event in events if not _is_plain_slot(event)]}
        compiled.validate(result)
        return True

    validate.is_compiled = True
    RemoteAction._validate_action_result = validate


def _is_plain_slot(event: Any) -> bool:
    """Tell whether this is a slot event to which the schema would have no objection."""
    return (
        isinstance(event, dict)
        and event.get("event") == "slot"
        and isinstance(event.get("name"), str)
        and event.keys() <= {"event", "name", "value", "timestamp"}
        and "value" in event
        and (event.get("timestamp") is None or type(event["timestamp"]) is float)
    )
