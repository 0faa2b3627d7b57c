"""The tests of django-badger."""
