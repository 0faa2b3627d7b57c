"""Settings of the sites that the tests are run in."""
