"""What happens when the database fails, at any moment."""
