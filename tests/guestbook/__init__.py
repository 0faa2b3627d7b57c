"""The tiny site of the documentation: people sign a guestbook."""
