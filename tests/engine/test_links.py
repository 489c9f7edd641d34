"""What a person is told of a connection that is lost, and what the engine still dares without it."""

from __future__ import annotations

import pytest
from engine.world import World, of

from fluxherod.engine import links
from fluxherod.engine.commands import Caller, HaltCommand
from fluxherod.engine.effects import AlertRaised, Severity, StatusChanged
from fluxherod.engine.events import Cause, LinkChanged


def refused(link: str) -> LinkChanged:
    return LinkChanged(link, False, "HTTP 401: unauthorized.", fatal=True, cause=Cause.CREDENTIALS)


def alerts(world: World, *events: LinkChanged) -> list[AlertRaised]:
    before = len(of(AlertRaised, world.seen))
    world.tell(*events)
    return list(of(AlertRaised, world.seen))[before:]


def test_refused_keys_say_that_only_stops_at_the_broker_stand_and_whose_positions_they_guard() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.quote(450.0)
    assert world.position() is not None
    (alert,) = alerts(world, refused("rest"))
    assert (alert.code, alert.severity) == ("AUTHENTICATION_FAILED", Severity.CRITICAL)
    assert "no exit either: stops that stand at the broker stand, nothing else can be done here" in alert.text
    assert "not tried again: put keys that are accepted into the daemon's credentials and restart it" in alert.text
    assert alert.text.endswith("Open positions to look after: SPY.")


def test_an_alert_names_ten_positions_and_counts_the_others() -> None:
    told = links.alert(None, refused("rest"), [f"S{number:02}" for number in range(300)])
    assert told is not None
    assert told.text.endswith(
        "Open positions to look after: S00, S01, S02, S03, S04, S05, S06, S07, S08, S09 and 290 more."
    )


def test_refused_keys_without_a_position_say_that_there_is_none() -> None:
    (alert,) = alerts(World().ready(), refused("rest"))
    assert alert.text.endswith("No position is open.")


def test_refused_keys_of_the_brokers_host_degrade_the_daemon_block_new_risk_and_say_why() -> None:
    world = World().ready()
    world.tell(refused("rest"))
    assert world.engine.state == "DEGRADED"
    why = "the broker refuses the credentials (HTTP 401: unauthorized.): only stops that stand at the broker"
    assert world.engine.blocked(world.now_ns).startswith(why)
    assert of(StatusChanged, world.seen)[-1].detail.startswith(why)


def test_a_halted_daemon_whose_keys_are_refused_is_not_one_that_works() -> None:
    world = World().ready()
    world.tell(HaltCommand(Caller("1", "me"), "lunch"), refused("rest"))
    assert world.engine.state == "DEGRADED"


def test_a_start_with_refused_keys_does_not_look_like_one_that_takes_long() -> None:
    world = World()
    world.start()
    world.tell(refused("rest"))
    assert world.engine.state == "DEGRADED"


@pytest.mark.parametrize(
    ("link", "what_goes_on"),
    [
        ("market", "closing by hand works as long"),
        ("trading", "exiting works as long"),
        ("data", "exiting works as long"),
    ],
)
def test_refused_keys_of_another_connection_say_what_still_works(link: str, what_goes_on: str) -> None:
    (alert,) = alerts(World().ready(), refused(link))
    assert alert.code == "AUTHENTICATION_FAILED"
    assert what_goes_on in alert.text


def test_a_mute_feed_has_an_alert_of_its_own() -> None:
    world = World().ready()
    (alert,) = alerts(world, LinkChanged("market", False, "it is mute", cause=Cause.STALE))
    assert (alert.code, alert.severity) == ("MARKET_FEED_STALE", Severity.WARNING)
    assert world.engine.state == "DEGRADED"


def test_a_clock_that_is_off_has_an_alert_of_its_own_and_blocks_nothing() -> None:
    world = World().ready()
    (alert,) = alerts(
        world, LinkChanged("clock", False, "The machine's clock is at least 3.2 s ahead of the exchange's")
    )
    assert (alert.code, alert.severity) == ("CLOCK_OFF", Severity.CRITICAL)
    assert alert.text.startswith("The machine's clock is at least 3.2 s ahead of the exchange's. ")
    assert "Let NTP set it" in alert.text
    assert world.engine.state == "ACTIVE"
    assert alerts(world, LinkChanged("clock", True)) == []


def test_a_lost_connection_is_told_at_once_and_again_when_the_quick_attempts_are_used_up() -> None:
    world = World().ready()
    (first,) = alerts(world, LinkChanged("market", False, "reset"))
    assert (first.code, first.severity, first.text) == ("MARKET_LINK_DOWN", Severity.WARNING, "reset")
    assert alerts(world, LinkChanged("market", False, "refused")) == []
    (second,) = alerts(world, LinkChanged("market", False, "refused", cause=Cause.LASTING))
    assert (second.code, second.severity) == ("MARKET_LINK_LOST", Severity.CRITICAL)
    assert "stops that stand at the broker stand" in second.text
    assert alerts(world, LinkChanged("market", True)) == []
