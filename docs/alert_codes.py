"""List the alerts: `python docs/alert_codes.py > docs/alerts.md`."""

from __future__ import annotations

from fluxherod.engine.alert_codes import CODES


def page() -> str:
    """The table of `engine/alert_codes.py` as a page."""
    lines = [
        "# Alerts",
        "",
        "Generated from `daemon/fluxherod/engine/alert_codes.py` by `docs/alert_codes.py`; a test keeps it true, and",
        "another finds any code that is raised and missing here.",
        "",
        "`fluxhero alerts` lists what was raised, `fluxhero ack ID` says that a person has seen it. The same code of",
        "the same symbol is one alert that counts, until it is acknowledged. A code with two severities is critical",
        "where only an operator can mend it.",
        "",
        "| code | severity | what it means | what to do |",
        "|---|---|---|---|",
    ]
    for name, code in sorted(CODES.items()):
        severity = ", ".join(severity.value for severity in code.severities)
        lines.append(f"| `{name}` | {severity} | {code.meaning} | {code.remedy} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(page(), end="")
