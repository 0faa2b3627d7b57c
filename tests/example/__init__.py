"""The example site, run as newcomers run it: by its own commands, in processes of its own."""
