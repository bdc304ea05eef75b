"""The skill itself: what the assistant knows and decides, in pure Python without any of Rasa."""
