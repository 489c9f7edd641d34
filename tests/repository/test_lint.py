from collections.abc import Callable


def test_ruff_finds_nothing(check: Callable[..., str]) -> None:
    check("ruff", "check", "--quiet", ".")


def test_the_code_is_formatted(check: Callable[..., str]) -> None:
    check("ruff", "format", "--check", ".")
