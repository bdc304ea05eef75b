"""Questions about points: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionPoints(Answering, Action):
    """Where, how, how long, what for, which one."""

    topic = "points"
