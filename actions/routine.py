"""Routines: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionRoutine(Answering, Action):
    """Being led step by step."""

    topic = "routine"
