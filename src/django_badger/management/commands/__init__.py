"""The commands of django-badger."""
