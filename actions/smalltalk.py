"""Small talk: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionSmalltalk(Answering, Action):
    """Greetings, yes and no, repeat, help, and what is none of our business."""

    topic = "smalltalk"
