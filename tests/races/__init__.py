"""Many threads at once, on real transactions."""
