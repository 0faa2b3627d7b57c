"""Two years on the campus, made up from a seed: who is there, and what they do."""
