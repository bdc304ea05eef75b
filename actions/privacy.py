"""Privacy: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionPrivacy(AnswerAction):
    """What is stored, and forgetting it."""

    topic = "privacy"
