from collections.abc import Callable

import pytest


@pytest.mark.timeout(1200)  # a first run without a cache also reads the stubs of every dependency
def test_the_packages_are_clean_under_strict_mypy(check: Callable[..., str]) -> None:
    check("mypy", "--no-error-summary")
