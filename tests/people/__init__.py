"""A user model of one's own: the key is a UUID, and people have no user name."""
