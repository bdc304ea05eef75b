"""Safety: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionSafety(AnswerAction):
    """Warning signs, personal risks, crisis."""

    topic = "safety"
