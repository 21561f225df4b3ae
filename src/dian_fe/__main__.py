"""The command line: ``python -m dian_fe VERB …``; see ``python -m dian_fe --help``."""

from __future__ import annotations

import sys

from ._cli.main import main

if __name__ == "__main__":
    sys.exit(main())
