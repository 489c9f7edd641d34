"""Limits changed while the engine runs: validated, kept over a restart, in force for new orders."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from engine.changes import reply, update
from engine.world import World, of

from fluxherod.configuration.config import _RISK_ORDERED as CONFIG_ORDERED
from fluxherod.configuration.config import Config, RiskConfig, to_settings
from fluxherod.core.risk.limits import CHOICES, ORDERED, RANGES, RiskLimits, limit_problems
from fluxherod.engine.codec import decode_event, encode_event
from fluxherod.engine.commands import UpdateLimitsCommand
from fluxherod.engine.effects import AlertRaised, Effect, ReplyCode, Severity, StatusChanged
from fluxherod.engine.operators.overrides import Overrides, limits_revision
from fluxherod.engine.settings import Settings


def limit(world: World, revision: str = "", **changes: Any) -> list[Effect]:
    return world.tell(UpdateLimitsCommand(world.caller(), tuple(changes.items()), revision, "a test"))


def test_a_limit_holds_for_the_next_order_and_touches_nothing_that_is_open() -> None:
    world = World().ready(history=100)
    world.place(100, 443.0)
    (stop,) = world.exchange.stops("SPY")
    effects = limit(world, max_position_bp=1_000, trend_risk_bp=50)
    assert reply(effects).text == "for new orders: max_position_bp = 1000, trend_risk_bp = 50"
    assert of(StatusChanged, effects) == [StatusChanged("ACTIVE", reply(effects).text)]
    assert (world.position().quantity, world.exchange.stops("SPY")) == (100, [stop])
    world.close()
    world.wait(5)
    decision = world.place(100, 443.0).decision
    assert decision is not None
    assert (decision.quantity, decision.reason_code) == (22, "risk_per_trade")
    for part in (world.engine.desk, world.engine.strategist, world.engine.guard, world.engine.commands):
        assert part.settings is world.engine.settings
    world.replay()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"nonsense": 1}, "nonsense: no limit of the risk engine"),
        ({"max_positions": 0}, "max_positions: allowed is 1 to 5000, not 0"),
        ({"max_positions": 5.0}, "max_positions: allowed is 1 to 5000, not 5.0"),
        ({"max_positions": True}, "max_positions: allowed is 1 to 5000, not True"),
        ({"max_positions": "5"}, "max_positions: allowed is 1 to 5000, not 5"),
        ({"trend_risk_bp": -1}, "trend_risk_bp: allowed is 1 to 1000, not -1"),
        ({"trend_risk_bp": 10**30}, "trend_risk_bp: allowed is 1 to 1000, not 1000000000000000000000000000000"),
        ({"correlation_limit": float("nan")}, "correlation_limit: allowed is 0 to 1, not nan"),
        ({"correlation_limit": float("inf")}, "correlation_limit: allowed is 0 to 1, not inf"),
        ({"correlation_limit": 1}, "correlation_limit: allowed is 0 to 1, not 1"),
        ({"correlation_basis": "feelings"}, "correlation_basis: allowed is returns or prices, not feelings"),
        ({"daily_loss_resumes": 3}, "daily_loss_resumes: allowed is operator or next_session, not 3"),
        (
            {"recovery_drawdown_bp": 1_600},
            "recovery_drawdown_bp: allowed is at most warning_drawdown_bp, which is 1500, not 1600",
        ),
        (
            {"critical_drawdown_bp": 1_400},
            "critical_drawdown_bp: allowed is at least warning_drawdown_bp, which is 1500, not 1400",
        ),
    ],
)
def test_limits_that_can_not_be_are_refused_whole_and_named(changes: dict[str, Any], text: str) -> None:
    world = World().ready()
    before = world.engine.settings
    refused = reply(limit(world, neutral_size_bp=6_000, **changes))
    assert (refused.code, refused.text) == (ReplyCode.INVALID_FIELD, text)
    assert world.engine.settings is before


def test_both_ends_of_an_order_can_move_at_once() -> None:
    world = World().ready()
    change = {"recovery_drawdown_bp": 2_500, "warning_drawdown_bp": 3_000, "critical_drawdown_bp": 4_000}
    assert reply(limit(world, **change)).code is ReplyCode.OK
    assert reply(limit(world, warning_drawdown_bp=2_500)).code is ReplyCode.OK


def test_a_change_that_is_based_on_an_older_revision_is_refused() -> None:
    world = World().ready()
    first = limits_revision(world.engine.settings.limits)
    assert reply(limit(world, first, max_positions=3)).code is ReplyCode.OK
    second = limits_revision(world.engine.settings.limits)
    conflict = reply(limit(world, first, max_positions=4))
    assert conflict.code is ReplyCode.REVISION_CONFLICT
    assert conflict.text == f"the limits changed since {first}: now it is {second}"
    assert world.engine.settings.limits.max_positions == 3
    assert reply(limit(world, max_positions=5)).code is ReplyCode.OK
    assert limits_revision(world.engine.settings.limits) == first


def test_limits_outlive_a_restart_and_win_over_the_file() -> None:
    world = World(limits=RiskLimits()).ready()
    limit(world, max_positions=3, correlation_basis="prices")
    world.settings = replace(world.settings, limits=RiskLimits(max_positions=9, max_exposure_bp=4_000))
    world.start(run=2)
    limits = world.engine.settings.limits
    assert (limits.max_positions, limits.correlation_basis, limits.max_exposure_bp) == (3, "prices", 4_000)
    assert world.engine.universe.changed_limits == {"max_positions": 3, "correlation_basis": "prices"}
    world.replay()


def test_limits_that_no_longer_go_with_the_file_are_set_aside_and_block_new_risk_until_mended() -> None:
    world = World(limits=RiskLimits()).ready(history=100)
    limit(world, warning_drawdown_bp=1_800, max_positions=3)
    world.settings = replace(world.settings, limits=RiskLimits(critical_drawdown_bp=1_700))
    world.stop()
    (alert,) = of(AlertRaised, world.start(run=2))
    assert (alert.code, alert.severity) == ("LIMITS_SET_ASIDE", Severity.CRITICAL)
    assert alert.text == (
        "limits changed at run time do not go together with the configuration: "
        "warning_drawdown_bp: allowed is at most critical_drawdown_bp, which is 1700, not 1800"
    )
    world.reference()
    world.connect()
    world.quote(450.0)
    assert world.engine.settings.limits == world.settings.limits
    assert world.engine.universe.changed_limits == {}
    assert "limits changed at run time" in world.place(10, 443.0).text
    assert reply(limit(world, warning_drawdown_bp=1_600)).code is ReplyCode.OK
    assert world.engine.universe.conflict == ""
    assert world.engine.settings.limits.max_positions == 3
    assert world.place(10, 443.0).code is ReplyCode.OK
    world.replay()


def test_parameters_and_limits_conflict_each_for_itself() -> None:
    world = World(limits=RiskLimits()).ready(history=100)
    update(world, range_adx=24.0)
    limit(world, warning_drawdown_bp=1_800)
    strategy = replace(world.settings.strategy, trend_adx=22.0)
    world.settings = replace(world.settings, strategy=strategy, limits=RiskLimits(critical_drawdown_bp=1_700))
    world.stop()
    codes = [alert.code for alert in of(AlertRaised, world.start(run=2))]
    assert codes == ["PARAMETERS_SET_ASIDE", "LIMITS_SET_ASIDE"]
    limit(world, warning_drawdown_bp=1_600)
    assert world.engine.universe.conflict.startswith("parameters changed at run time")
    assert world.engine.universe.changed_limits == {"warning_drawdown_bp": 1_600}
    world.replay()


def test_a_command_comes_out_of_the_journal_as_it_went_in() -> None:
    world = World()
    changes = (("max_positions", 5), ("correlation_limit", 1.0), ("correlation_basis", "prices"))
    command = UpdateLimitsCommand(world.caller(), changes, "abc", "a test")
    again = decode_event(*encode_event(command))
    assert again == command
    assert [type(value) for _, value in again.changes] == [int, float, str]  # type: ignore[union-attr]


# --- what may be, said in one place ------------------------------------------------------------------------
def test_every_limit_has_its_range_or_its_words_and_the_defaults_are_allowed() -> None:
    names = [field.name for field in fields(RiskLimits)]
    assert sorted(names) == sorted([*RANGES, *CHOICES])
    default = RiskLimits()
    assert limit_problems(default, {name: getattr(default, name) for name in names}) == {}


@pytest.mark.parametrize("name", sorted(RANGES))
@pytest.mark.parametrize("end", [0, 1])
def test_the_configuration_allows_exactly_what_may_be_set_at_run_time(name: str, end: int) -> None:
    key, unit = name.removesuffix("_bp"), 10_000 if name.endswith("_bp") else 1
    step = 0.01 if name == "correlation_limit" else 1
    value = RANGES[name][end]
    beyond = value + step if end else value - step
    kind = type(getattr(RiskConfig(), key))
    allowed = RiskConfig.model_validate({key: kind(str(value)) / unit if unit > 1 else kind(value)})
    assert getattr(to_settings(Config(risk=_in_order(key, allowed)), 0).limits, name) == value
    with pytest.raises(ValueError, match=key):
        RiskConfig.model_validate({key: kind(str(beyond)) / unit if unit > 1 else kind(beyond)})
    at, over = type(getattr(RiskLimits(), name))(value), type(getattr(RiskLimits(), name))(beyond)
    assert name not in limit_problems(replace(RiskLimits(), **_apart(name)), {name: at})
    assert name in limit_problems(RiskLimits(), {name: over})


def _in_order(key: str, config: RiskConfig) -> RiskConfig:
    """With the other drawdowns where they fit beside it."""
    others = {f"{name}_drawdown": getattr(config, key) for name in ("warning", "recovery", "critical")}
    return config.model_copy(update=others) if key.endswith("_drawdown") else config


def _apart(name: str) -> dict[str, int]:
    """The other drawdowns where none is in the way."""
    if not name.endswith("_drawdown_bp"):
        return {}
    order = ["recovery_drawdown_bp", "warning_drawdown_bp", "critical_drawdown_bp"]
    at = order.index(name)
    return {other: 10 if order.index(other) < at else 9_900 for other in order if other != name}


def test_the_configuration_orders_the_drawdowns_alike() -> None:
    assert tuple((f"{low}_bp", f"{high}_bp") for low, high in CONFIG_ORDERED) == ORDERED


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_the_configuration_has_the_same_words(name: str) -> None:
    for word in CHOICES[name]:
        assert getattr(to_settings(Config(risk=RiskConfig.model_validate({name: word})), 0).limits, name) == word
    with pytest.raises(ValueError, match=name):
        RiskConfig.model_validate({name: "another"})


def test_overrides_of_limits_over_nothing_are_the_configuration() -> None:
    settings = Settings(("SPY",))
    assert Overrides().over(settings) == settings
    assert Overrides(limits={"max_positions": 7}).over(settings).limits == RiskLimits(max_positions=7)
