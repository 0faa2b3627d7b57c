"""What ``manage.py`` can do with badges."""
