"""The pages of the campus."""
