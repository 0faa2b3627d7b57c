#!/usr/bin/env python3
"""Commands of the example site: ``python example_project/manage.py demo --serve``."""

import os
import sys


def main() -> None:
    """Run the command that the shell asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  after the settings are named

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
