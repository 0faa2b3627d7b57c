"""What mypy says to hosts."""
