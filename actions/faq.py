"""General questions: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionFaq(Answering, Action):
    """What acupressure is, whether it works, who should not."""

    topic = "faq"
