"""What follows a message: Rasa's rules, looked up in one step."""
