"""What is asked of a table's rows, in the words of SQL and of Arrow: both must answer alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Condition:
    """What a column must be; `operator` is =, <, <=, >=, IN (of a list) or KNOWN (true: not NULL)."""

    column: str
    operator: str
    value: Any

    @property
    def sql(self) -> str:
        """The condition as a clause, with marks for `values`."""
        if self.operator == "IN":
            return f"{self.column} IN ({', '.join('?' * len(self.value))})"
        return f"({self.column} IS NOT NULL) = ?" if self.operator == "KNOWN" else f"{self.column} {self.operator} ?"

    @property
    def values(self) -> Sequence[Any]:
        """What stands for the clause's marks."""
        return self.value if self.operator == "IN" else (self.value,)

    @property
    def arrow(self) -> pc.Expression:
        """The same for Arrow."""
        column, value = pc.field(self.column), self.value
        match self.operator:
            case "=":
                return column == value
            case "<":
                return column < value
            case "<=":
                return column <= value
            case ">=":
                return column >= value
            case "IN":
                return column.isin(value)
            case _:
                return column.is_valid() if value else column.is_null()


@dataclass(slots=True)
class Filters:
    """Conditions that all must hold. `since_ns`, `until_ns` and `before` (a number) are among them, for who can skip.

    `alive`: only rows are asked for whose life is not over; no archive has one.
    """

    conditions: list[Condition] = field(default_factory=list)
    since_ns: int | None = None
    until_ns: int | None = None
    before: int | None = None
    alive: bool = False
    _after: tuple[str, tuple[int, int]] | None = None

    def add(self, column: str, operator: str, value: object) -> Self:
        """Narrow down, unless there is nothing to narrow down to."""
        if value is not None:
            self.conditions.append(Condition(column, operator, value))
        return self

    def between(self, column: str, since_ns: int | None, until_ns: int | None) -> Self:
        """Only times from one on, and before the other."""
        self.since_ns, self.until_ns = since_ns, until_ns
        return self.add(column, ">=", since_ns).add(column, "<", until_ns)

    def one_of(self, column: str, options: Iterable[str]) -> Self:
        """Only these, unless there are none."""
        chosen = [str(option) for option in options]
        return self.add(column, "IN", chosen or None)

    def go_on(self, column: str, place: tuple[int, int]) -> Self:
        """Go on after a row: its value in the column that a list is sorted by, and its number."""
        if column == "number":
            self.before = place[1]
            return self.add("number", "<", place[1])
        self._after = (column, place)
        return self

    @property
    def sql(self) -> str:
        """The WHERE clause, with marks for `values`."""
        clauses = [condition.sql for condition in self.conditions]
        if self._after is not None:
            clauses.append(f"({self._after[0]}, number) < (?, ?)")
        return f"WHERE {' AND '.join(clauses)}" if clauses else ""

    @property
    def values(self) -> list[Any]:
        """What stands for the clause's marks."""
        values = [value for condition in self.conditions for value in condition.values]
        return values + list(self._after[1]) if self._after is not None else values
