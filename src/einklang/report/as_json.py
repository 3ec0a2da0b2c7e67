"""The result as JSON, and the published schema of it.

`python -m einklang.report.as_json > docs/schemas/result-1.0.json` writes the schema.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from einklang.result import Result

SCHEMA_VERSION: str = Result.model_fields["schema_version"].default

# Half of a surrogate pair, as a damaged workbook may hold, cannot be written as UTF-8.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def render_json(result: Result) -> str:
    """The result as JSON: keys in the order of the model, same result → same text."""
    text = json.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=2)
    return _HALF_CHARACTER.sub("\ufffd", text) + "\n"


def result_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `render_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:einklang:schema:result:{SCHEMA_VERSION}",
        **Result.model_json_schema(mode="serialization"),
        "title": f"Einklang: result of a check, version {SCHEMA_VERSION}",
    }


def render_schema() -> str:
    """The schema as the file that is published."""
    return f"{json.dumps(result_schema(), ensure_ascii=False, indent=2)}\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(render_schema().encode("utf-8"))
