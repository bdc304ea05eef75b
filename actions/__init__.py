"""Rasa custom actions, one module per topic: read slots, ask the skill, send its words and cards."""
