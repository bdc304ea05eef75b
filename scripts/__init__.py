"""The machinery behind the make verbs."""
