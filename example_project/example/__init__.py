"""A small site with badges: a guestbook, a campus, and what joins them."""
