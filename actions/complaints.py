"""Complaints: the action of the topic."""

from rasa_sdk import Action

from actions.base import Answering


class AnswerActionComplaints(Answering, Action):
    """Which points for what hurts."""

    topic = "complaints"
