"""The host's own app: people write posts."""
