"""The picture of the order table in the docs is the table."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_in_the_docs_is_drawn_from_the_table() -> None:
    drawn: str = runpy.run_path(str(ROOT / "docs" / "order_states.py"))["picture"]()
    assert (ROOT / "docs" / "order-states.md").read_text(encoding="utf-8") == drawn
