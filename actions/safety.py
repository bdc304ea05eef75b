"""Safety: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionSafety(Answering, Action):
    """Warning signs, personal risks, crisis."""

    topic = "safety"
