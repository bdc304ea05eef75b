"""The assistant ours is compared with: small, and built the way a new Rasa project is."""
