"""Read the settings, build the app, launch the page."""

import sys

from interviewer.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
