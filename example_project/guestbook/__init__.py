"""A guestbook: people sign it, and earn badges for that."""
