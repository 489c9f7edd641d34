"""`safety.json`: what is written is read again, a person can read it, and damage is told, never taken for nothing."""

from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.adapters.mirror import MirrorFile, _encode
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, KillSwitch, SafetyState
from fluxherod.engine.ports import NotMirrored

T0 = 1_704_205_800_123_456_789
STATE = SafetyState(
    "0123456789abcdef",
    7,
    4711,
    KillSwitch("news", "unix:ann", T0, flatten=True),
    Breaker(BreakerStatus.DISABLED, True, "drawdown of 20.2% (limit 20%)", T0 + 1, 1_000_000_001, 0),
    DailyLoss("loss", "2024-01-02", 990_000_000, "2024-01-02", T0 + 2, -5),
)
NS = st.one_of(st.just(0), st.integers(1, 4 * 10**18))
MONEY = st.integers(0, 10**15)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def said(folder: Path) -> dict[str, object]:
    return json.loads((folder / "safety.json").read_text())


def test_a_person_can_read_it_and_only_its_owner(tmp_path: Path) -> None:
    asyncio.run(MirrorFile(tmp_path).write(STATE))
    assert said(tmp_path)["kill_switch"] == {
        "reason": "news", "by": "unix:ann", "since": "2024-01-02T14:30:00.123456789Z", "flatten": True,
        "foreign": False,
    }  # fmt: skip
    assert said(tmp_path)["breaker"]["peak_equity"] == "100000.0001"
    assert stat.S_IMODE((tmp_path / "safety.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["safety.json"]


async def test_a_write_replaces_the_whole_file_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "safety.json").write_text("x" * 10_000)
    (tmp_path / "safety.json").chmod(0o644)
    mirror = MirrorFile(tmp_path)
    await mirror.write(STATE)
    await mirror.write(replace(STATE, run=8))
    assert mirror.read() == (replace(STATE, run=8), "")
    assert stat.S_IMODE((tmp_path / "safety.json").stat().st_mode) == 0o600


async def test_a_file_of_before_there_was_a_closing_of_foreign_shares_still_reads(tmp_path: Path) -> None:
    mirror = MirrorFile(tmp_path)
    await mirror.write(STATE)
    file = said(tmp_path)
    del file["kill_switch"]["foreign"]
    (tmp_path / "safety.json").write_text(json.dumps(file))
    assert mirror.read() == (STATE, "")


@given(
    st.builds(
        SafetyState, TEXT, MONEY, MONEY,
        st.builds(KillSwitch, TEXT, TEXT, NS, st.booleans(), st.booleans()),
        st.builds(Breaker, st.sampled_from(BreakerStatus), st.booleans(), TEXT, NS, MONEY, NS),
        st.builds(DailyLoss, TEXT, TEXT, MONEY, TEXT, NS, st.integers(-(10**15), 10**15)),
    )
)  # fmt: skip
def test_every_state_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, state: SafetyState) -> None:
    mirror = MirrorFile(tmp_path_factory.mktemp("state"))
    asyncio.run(mirror.write(state))
    assert mirror.read() == (state, "")


async def test_writes_keep_their_order(tmp_path: Path) -> None:
    mirror = MirrorFile(tmp_path)
    await asyncio.gather(*(mirror.write(replace(STATE, inputs=number)) for number in range(20)))
    assert mirror.read() == (replace(STATE, inputs=19), "")


def test_no_file_is_no_state_and_no_fault(tmp_path: Path) -> None:
    assert MirrorFile(tmp_path).read() == (None, "")


def edited(**changes: object) -> str:
    """A sound file with other values, by dotted name."""
    mirror = MirrorFile(Path("/nowhere"))
    assert mirror.path.name == "safety.json"
    file = json.loads(_encode(STATE))
    for name, value in changes.items():
        place = file
        *parents, last = name.split("__")
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return json.dumps(file)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "\x00\x00\x00",
        edited(version=2),
        edited(version="1"),
        edited(run=-1),
        edited(kill_switch=None),
        edited(kill_switch__reason=7),
        edited(kill_switch__since="yesterday"),
        edited(kill_switch__halted=False),
        edited(breaker__status="fine"),
        edited(breaker__peak_equity="NaN"),
        edited(breaker__peak_equity="-1.00"),
        edited(breaker__peak_equity=100000.0),
        edited(breaker__changed="2024-13-02T14:30:00.123456789Z"),
        edited(daily_loss__base="1e9"),
    ],
)
def test_what_is_damaged_is_told_and_is_no_state(tmp_path: Path, content: str) -> None:
    (tmp_path / "safety.json").write_text(content)
    state, fault = MirrorFile(tmp_path).read()
    assert state is None
    assert fault.startswith(f"{tmp_path}/safety.json is damaged: ")


def test_what_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "safety.json").mkdir()
    assert MirrorFile(tmp_path).read()[1].startswith(f"{tmp_path}/safety.json can't be read: ")
    (tmp_path / "safety.json").rmdir()
    (tmp_path / "safety.json").write_bytes(b"\xff\xfe")
    assert "is damaged" in MirrorFile(tmp_path).read()[1]


async def test_what_can_not_be_written_is_told_and_leaves_what_was(tmp_path: Path) -> None:
    mirror = MirrorFile(tmp_path)
    await mirror.write(STATE)
    (tmp_path / "safety.json.new").mkdir()
    with pytest.raises(NotMirrored, match=r"safety\.json: Is a directory"):
        await mirror.write(replace(STATE, run=8))
    assert mirror.read() == (STATE, "")
    (tmp_path / "safety.json.new").rmdir()
    await mirror.write(replace(STATE, run=8))
    assert mirror.read() == (replace(STATE, run=8), "")
