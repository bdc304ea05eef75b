"""Understanding, measured: accuracy, confidence, cost, and the same for Rasa's own pipelines in the same run."""
