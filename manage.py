#!/usr/bin/env python3
"""Django's command line for the site: `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        # `up` ends by Ctrl-C and no other way: also before all of it runs, that is no failure.
        sys.exit(0 if sys.argv[1:2] == ["up"] else 130)
