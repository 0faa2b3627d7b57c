"""Other packages with the same data, each in an environment of its own. Nothing of theirs is copied; they are installed."""
