"""Complaints: the action of the topic."""

from actions.base import AnswerAction


class AnswerActionComplaints(AnswerAction):
    """Which points for what hurts."""

    topic = "complaints"
