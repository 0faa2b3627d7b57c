"""A small campus: posts and comments, friendships, trainings."""
