"""Code of hosts that the documentation shows, and tests run."""
