"""What ``manage.py check`` says about badges, each with what to type."""


def register_all() -> None:
    """Register."""
