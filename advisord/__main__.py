"""`python -m advisord`."""

import sys

from advisord.cli import main

if __name__ == "__main__":
    sys.exit(main())
