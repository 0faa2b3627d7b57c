"""What pages and template tags are made of: one function each, whichever template engine asks."""
