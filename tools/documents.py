"""Writes the page's GraphQL operations where the API finds them: `make documents`.

The API always trusts the documents of the page, and neither program may import the
other. So they share a file, in the form of Apollo's persisted query manifest.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from reflex_app.operations import OPERATIONS

FILE = Path(__file__).resolve().parents[1] / "graphql_api" / "page_documents.json"
HEAD = re.compile(r"(query|mutation|subscription)\s+(\w+)")


def main() -> int:
    """Write the file; return the exit code."""
    FILE.write_text(manifest(OPERATIONS), "utf-8")
    return 0


def manifest(documents: Iterable[str]) -> str:
    """The documents as a manifest, each named by the hash of its text."""
    operations = [_operation(body) for body in documents if HEAD.match(body)]
    content = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": operations,
    }
    return json.dumps(content, indent=2) + "\n"


def _operation(body: str) -> dict[str, str]:
    kind, name = HEAD.findall(body)[0]
    identity = sha256(body.encode()).hexdigest()
    return {"id": identity, "name": name, "type": kind, "body": body}


if __name__ == "__main__":
    sys.exit(main())
