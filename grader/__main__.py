"""`python -m grader` does what `grader` does."""

import sys

from grader.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
