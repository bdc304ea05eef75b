"""The one custom action of the baseline: it looks up a line in a small table."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

HOURS = {
    "monday": "ten to six",
    "tuesday": "ten to six",
    "wednesday": "noon to eight",
    "thursday": "ten to six",
    "friday": "ten to four",
    "saturday": "ten to two",
}


class TellHours(Action):
    """Says when the library is open on the day that was named."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_tell_hours"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Answer with one line and remember the day."""
        day = next(tracker.get_latest_entity_values("day"), None)
        hours = HOURS.get(str(day).lower())
        text = f"On {day} we are open from {hours}." if hours else "We are open Monday to Saturday from ten."
        dispatcher.utter_message(text=text)
        return [SlotSet("day", day)]
