"""docs/http.md names every metric, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from web.conftest import Web

PAGE = Path(__file__).resolve().parents[2] / "docs" / "http.md"


def documented() -> set[str]:
    """The names in the first column; one that begins with `_` begins as the one before, without its last word."""
    names = set()
    for row in re.findall(r"^\| (`fluxhero_.*?) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        first = ""
        for name in re.findall(r"`(\w+)`", row):
            first = first if name.startswith("_") else name.rpartition("_")[0]
            names.add(f"{first}{name}" if name.startswith("_") else name)
    return names


async def test_the_page_has_every_metric_and_no_other(web: Web) -> None:
    text = web.metrics.text()[0].decode()
    served = set(re.findall(r"^# TYPE (fluxhero_\w+)", text, flags=re.MULTILINE))
    assert documented() == served
