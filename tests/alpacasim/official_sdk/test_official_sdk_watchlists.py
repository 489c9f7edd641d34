"""The official SDK keeps watchlists."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from alpaca.trading.requests import CreateWatchlistRequest, UpdateWatchlistRequest


@pytest.fixture
def tech(desk):
    return desk.trading.create_watchlist(CreateWatchlistRequest(name="Tech", symbols=["QQQ"]))


def symbols(watchlist):
    return [asset.symbol for asset in watchlist.assets]


def told(error):
    return error.status_code, error.code, error.message


def test_a_watchlist_is_created_read_changed_and_deleted(desk, tech):
    assert (tech.name, symbols(tech)) == ("Tech", ["QQQ"])
    assert tech.account_id == UUID(str(desk.trading.get_account().id))
    assert tech.created_at == tech.updated_at == datetime(2024, 1, 4, 14, 31, tzinfo=UTC)
    desk.step()
    more = desk.trading.add_asset_to_watchlist_by_id(tech.id, "SPY")
    assert (symbols(more), more.updated_at) == (["QQQ", "SPY"], datetime(2024, 1, 4, 14, 32, tzinfo=UTC))
    assert symbols(desk.trading.remove_asset_from_watchlist_by_id(tech.id, "QQQ")) == ["SPY"]
    changed = desk.trading.update_watchlist_by_id(tech.id, UpdateWatchlistRequest(name="Both", symbols=["SPY", "QQQ"]))
    assert (changed.id, changed.name, symbols(changed)) == (tech.id, "Both", ["SPY", "QQQ"])
    assert desk.trading.get_watchlist_by_id(tech.id) == changed
    desk.trading.delete_watchlist_by_id(tech.id)
    assert desk.trading.get_watchlists() == []


def test_a_list_of_them_comes_without_their_assets(desk, tech):
    (listed,) = desk.trading.get_watchlists()
    assert (listed.id, listed.name, listed.assets) == (tech.id, "Tech", None)


def test_only_what_is_given_is_changed(desk, tech):
    assert symbols(desk.trading.update_watchlist_by_id(tech.id, UpdateWatchlistRequest(name="New"))) == ["QQQ"]
    renamed = desk.trading.update_watchlist_by_id(tech.id, UpdateWatchlistRequest(symbols=[]))
    assert (renamed.name, renamed.assets) == ("New", [])


def test_what_makes_no_sense_is_refused_and_changes_nothing(desk, tech):
    trading = desk.trading
    create = desk.refused(trading.create_watchlist, CreateWatchlistRequest(name="Tech", symbols=[]))
    assert told(create) == (422, 40010001, "watchlist name must be unique")
    unknown = desk.refused(trading.create_watchlist, CreateWatchlistRequest(name="Other", symbols=["NOPE"]))
    assert told(unknown) == (422, 42210000, 'asset "NOPE" not found')
    twice = desk.refused(trading.add_asset_to_watchlist_by_id, tech.id, "QQQ")
    assert told(twice) == (422, 40010001, "duplicate symbol")
    absent = desk.refused(trading.remove_asset_from_watchlist_by_id, tech.id, "SPY")
    assert told(absent) == (404, 40410000, "asset not found for SPY")
    assert symbols(trading.get_watchlist_by_id(tech.id)) == ["QQQ"]
    assert told(desk.refused(trading.get_watchlist_by_id, uuid4())) == (404, 40410000, "watchlist not found")
    assert len(trading.get_watchlists()) == 1


def test_it_is_found_by_its_name_too(desk, tech):
    assert desk.trading.get("/watchlists:by_name", {"name": "Tech"})["id"] == str(tech.id)
    error = desk.refused(desk.trading.get, "/watchlists:by_name", {"name": "None"})
    assert told(error) == (404, 40410000, "watchlist not found")
