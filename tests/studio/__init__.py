"""A site with fields of every kind, for what the guestbook does not have."""
