"""Privacy: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionPrivacy(Answering, Action):
    """What is stored, and forgetting it."""

    topic = "privacy"
