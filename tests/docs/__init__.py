"""The documentation is tested: what it shows is run."""
