"""Speed, memory and understanding, measured."""
