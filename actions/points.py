"""Questions about points: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionPoints(AnswerAction):
    """Where, how, how long, what for, which one."""

    topic = "points"
