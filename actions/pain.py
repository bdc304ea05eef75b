"""Pain scores: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionPain(Answering, Action):
    """How bad it is, before and after, and over time."""

    topic = "pain"
