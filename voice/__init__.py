"""The voice gateway: a program of its own that turns speech into text and text into speech, beside the assistant."""
