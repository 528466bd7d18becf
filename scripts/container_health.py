"""Asks the site in this container whether it is well: exit 0 when /healthz answers 200, else 1."""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener


def main() -> int:
    # The site answers to its own names only, so the request must carry one of them.
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    host = name if name and name != "*" else "localhost"
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    try:
        with build_opener(ProxyHandler({})).open(
            Request(address, headers={"Host": host}), timeout=8
        ) as answer:
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as error:
        print(f"{address}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
