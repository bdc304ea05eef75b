"""Small talk: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionSmalltalk(AnswerAction):
    """Greetings, yes and no, repeat, help, and what is none of our business."""

    topic = "smalltalk"
