"""Rasa graph components of ours: how a message is understood."""
