"""General questions: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionFaq(AnswerAction):
    """What acupressure is, whether it works, who should not."""

    topic = "faq"
