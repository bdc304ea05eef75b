"""How people reach the assistant: what comes in is checked and cleaned, what goes out is in time."""
