"""The reference of the API says what the protos say, and its links lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    pages: dict[str, str] = runpy.run_path(str(DOCS / "api_reference.py"))["pages"]()
    return pages


def test_the_pages_are_those_of_the_protos(made: dict[str, str]) -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "api").glob("*.md")}
    assert there.keys() == made.keys()
    stale = [name for name in made if made[name] != there[name]]
    assert stale == [], "run: python docs/api_reference.py"


def test_every_link_leads_to_a_page_and_to_a_heading_of_it(made: dict[str, str]) -> None:
    headings = {
        name: {line.lstrip("# ").lower() for line in text.splitlines() if line[:1] == "#"}
        for name, text in made.items()
    }
    for name, text in made.items():
        for page, heading in LINK.findall(text):
            if page.startswith("../"):
                assert (DOCS / "api" / page).exists(), page
            else:
                assert not heading or heading in headings[page or name], (name, page, heading)


def test_every_field_and_every_rpc_has_its_words(made: dict[str, str]) -> None:
    for name, text in made.items():
        rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `") and "errors.md" not in name]
        empty = [row[0] for row in rows if len(row) == 3 and row[2].strip() in ("", "|") and not row[0][3:4].isupper()]
        assert empty == [], name
