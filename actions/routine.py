"""Routines: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionRoutine(AnswerAction):
    """Being led step by step."""

    topic = "routine"
