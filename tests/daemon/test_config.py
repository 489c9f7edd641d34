import contextlib
import itertools
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from fluxherod.configuration.config import Config, to_settings, value_of
from fluxherod.configuration.layers import KEYS, Flag, load_config, render
from fluxherod.core.strategy.params import StrategyParams, allowed_range
from fluxherod.engine.settings import Settings
from fluxherod.errors import ConfigurationError

SYMBOLS = Flag("market.symbols", "SPY,IBM")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fluxhero.toml"


def problems_of(file: Path | None, environment: dict[str, str], *flags: Flag) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_config(file, environment, flags)
    return list(caught.value.problems)


def problem_of(environment: dict[str, str], key: str, text: str) -> str:
    [problem] = problems_of(None, environment, SYMBOLS, Flag(key, text))
    return problem


def test_flags_win_over_the_environment_over_the_file_over_the_defaults(
    environment: dict[str, str], file: Path
) -> None:
    file.write_text('[market]\nsymbols = ["SPY"]\ntimeframe = "5Min"\nhistory_bars = 300\n[orders]\nlookups = 7\n')
    environment |= {"FLUXHERO_MARKET__TIMEFRAME": "15Min", "FLUXHERO_MARKET__HISTORY_BARS": "400"}
    config = load_config(file, environment, [Flag("market.history_bars", "600")])
    assert (config.market.symbols, config.orders.lookups) == (("SPY",), 7)
    assert (config.market.timeframe, config.market.history_bars) == ("15Min", 600)
    assert str(config.origins["market.symbols"]) == f"file {file}"
    assert str(config.origins["market.timeframe"]) == "environment FLUXHERO_MARKET__TIMEFRAME"
    assert str(config.origins["market.history_bars"]) == "flag --set"
    assert str(config.origins["orders.lookup_interval_s"]) == "default"


def test_the_file_of_the_configuration_folder_is_read_when_none_is_named(
    environment: dict[str, str], file: Path
) -> None:
    file.write_text('market.symbols = ["IBM"]\n')
    environment["CONFIGURATION_DIRECTORY"] = str(file.parent)
    assert load_config(None, environment).market.symbols == ("IBM",)


def test_every_key_has_an_origin(environment: dict[str, str]) -> None:
    assert load_config(None, environment, [SYMBOLS]).origins.keys() == KEYS.keys()


def test_every_problem_of_every_layer_is_told_at_once(environment: dict[str, str], file: Path) -> None:
    file.write_text('[market]\ntimeframe = "2Hour"\nhistry_bars = 5\n[strategy]\nrsi_oversold = 80\n')
    environment["FLUXHERO_RISK__MAX_POSITIONS"] = "many"
    assert problems_of(file, environment, SYMBOLS, Flag("market.bar_delay_s", "-1")) == [
        f"market.histry_bars (file {file}): there is no such key; did you mean market.history_bars?",
        f'market.timeframe = "2Hour" (file {file}): allowed is one of 1Min, 5Min, 15Min, 30Min, 1Hour, 1Day',
        'market.bar_delay_s = "-1" (flag --set): allowed is a number from 0 to 3600',
        'risk.max_positions = "many" (environment FLUXHERO_RISK__MAX_POSITIONS): '
        "allowed is a whole number from 1 to 5000",
        f"strategy.rsi_oversold = 80 (file {file}): allowed is at most strategy.rsi_overbought, which is 70.0",
    ]


def test_a_daemon_without_a_symbol_is_refused(environment: dict[str, str]) -> None:
    [problem] = problems_of(None, environment)
    assert problem == (
        'market.symbols = [] (default): allowed is a list of ticker symbols, each once, such as ["SPY", "IBM"]'
    )


@pytest.mark.parametrize("text", ["SPY,SPY", "spy", "SPY;IBM", "TOOLONGSYMBOL", "../SPY"])
def test_symbols_are_tickers_each_once(environment: dict[str, str], text: str) -> None:
    [problem] = problems_of(None, environment, Flag("market.symbols", text))
    assert "allowed is a list of ticker symbols" in problem


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("risk.max_position", "0.00005"),
        ("risk.max_position", "0.20001"),
        ("risk.trend_risk", "1"),
        ("risk.neutral_size", "nan"),
        ("risk.max_exposure", "-0.5"),
        ("market.bar_delay_s", "inf"),
        ("market.bar_delay_s", "1e999"),
        ("market.history_bars", "5_000"),
        ("market.history_bars", "500.0"),
        ("market.history_bars", "9" * 5000),
        ("strategy.allow_shorts", "perhaps"),
        ("strategy.kama_period", "129"),
        ("strategy.noise.illiquid_from", "25:00"),
        ("alpaca.data_url", "data.alpaca.markets"),
        ("alpaca.data_url", "https://data.alpaca.markets:99999"),
        ("alpaca.trade_stream_url", "https://paper-api.alpaca.markets/stream"),
        ("grpc.listen", "50051"),
        ("grpc.unix_socket", "relative.sock"),
        ("grpc.unix_socket", "/" + "x" * 107),
        ("http.listen", "8050"),
        ("http.hosts", "https://desk.example.net"),
        ("http.origins", "desk.example.net"),
        ("http.tls_key", "key.pem"),
        ("http.max_connections", "2"),
        ("storage.state_dir", "here"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(environment: dict[str, str], key: str, text: str) -> None:
    problem = problem_of(environment, key, text)
    assert problem.startswith(f'{key} = "{text}" (flag --set): allowed is ')


@pytest.mark.parametrize("line", ["history_bars = true", "history_bars = 500.0", "timeframe = 5", "bar_delay_s = [2]"])
def test_a_value_of_another_type_in_the_file_is_refused(environment: dict[str, str], file: Path, line: str) -> None:
    file.write_text(f"[market]\n{line}\n")
    [problem] = problems_of(file, environment, SYMBOLS)
    assert problem.startswith(f"market.{line} (file {file}): allowed is ")


def test_a_number_in_quotes_is_the_number(environment: dict[str, str], file: Path) -> None:
    file.write_text('market.history_bars = "400"\n')
    assert load_config(file, environment, [SYMBOLS]).market.history_bars == 400


def test_a_share_of_equity_becomes_exactly_its_basis_points(environment: dict[str, str], file: Path) -> None:
    file.write_text("[risk]\ntrend_risk = 0.0104\nmax_position = 1\nmax_exposure = 2.0\nneutral_size = 0.57\n")
    limits = to_settings(load_config(file, environment, [SYMBOLS]), 0).limits
    assert (limits.trend_risk_bp, limits.max_position_bp, limits.max_exposure_bp) == (104, 10_000, 20_000)
    assert limits.neutral_size_bp == 5_700  # 0.57 * 10000 is 5699.999... in floats


def test_a_key_under_another_section_is_found(environment: dict[str, str]) -> None:
    [problem] = problems_of(None, environment, SYMBOLS, Flag("market.max_positions", "3"))
    assert problem.endswith("there is no such key; did you mean risk.max_positions?")


def test_a_variable_with_too_few_underscores_is_told_apart(environment: dict[str, str]) -> None:
    environment |= {"FLUXHERO_RISK_MAX_POSITIONS": "3", "FLUXHERO_DATA": "/prices"}
    assert problems_of(None, environment, SYMBOLS) == [
        "FLUXHERO_RISK_MAX_POSITIONS (environment): is not read; did you mean FLUXHERO_RISK__MAX_POSITIONS?"
    ]


@pytest.mark.parametrize("key", ["alpaca.secret", "alpaca.key", "alpaca.api_key", "alpaca.secret_key", "daemon.token"])
def test_a_secret_in_the_configuration_is_refused_unseen_with_the_remedy(
    environment: dict[str, str], file: Path, key: str
) -> None:
    file.write_text(f'{key} = "abcdef"\n')
    [problem] = problems_of(file, environment, SYMBOLS)
    assert "FLUXHERO_ALPACA_SECRET_FILE" in problem
    assert "abcdef" not in problem


def test_credentials_in_a_url_are_refused_unseen(environment: dict[str, str]) -> None:
    problem = problem_of(environment, "alpaca.data_url", "https://key:abcdef@data.alpaca.markets")
    assert "without credentials" in problem
    assert "abcdef" not in problem


def test_an_unencrypted_url_is_for_this_machine_only(environment: dict[str, str]) -> None:
    assert "https:// beyond this machine" in problem_of(environment, "alpaca.data_url", "http://data.alpaca.markets")
    config = load_config(None, environment, [SYMBOLS, Flag("alpaca.data_url", "http://127.0.0.1:9/")])
    assert config.alpaca.data_url == "http://127.0.0.1:9"


@pytest.mark.parametrize("address", ["0.0.0.0:50051", "[::]:50051", "192.168.1.2:50051", "trader.example:50051"])
def test_an_address_beyond_loopback_is_refused_with_the_remedy(environment: dict[str, str], address: str) -> None:
    assert "ssh -L" in problem_of(environment, "grpc.listen", address)


@pytest.mark.parametrize("address", ["0.0.0.0:50051", "[::]:50051", "192.168.1.2:50051", "trader.example:50051"])
def test_an_address_beyond_loopback_is_allowed_with_tls(environment: dict[str, str], address: str) -> None:
    flags = [SYMBOLS, Flag("grpc.listen", address), Flag("grpc.tls", "self"), Flag("grpc.tls_hosts", "a.example,::1")]
    config = load_config(None, environment, flags)
    assert (config.grpc.listen, config.grpc.tls_hosts) == (address, ("a.example", "::1"))


@pytest.mark.parametrize("address", ["::1:50051", "[::1:50051", "[127.0.0.1]:1", "a b:1", "host:", ":1", "host:65536"])
def test_what_is_no_address_is_refused_with_examples(environment: dict[str, str], address: str) -> None:
    assert '"[::1]:50051"' in problem_of(environment, "grpc.listen", address)


@pytest.mark.parametrize(
    ("given", "key", "allowed"),
    [
        ({"tls": "files"}, "tls_cert", 'a PEM file when grpc.tls is "files"'),
        ({"tls": "files", "tls_cert": "/c"}, "tls_key", 'a PEM file when grpc.tls is "files"'),
        ({"tls": "self", "tls_cert": "/c"}, "tls_cert", 'and nothing otherwise (it is "self")'),
        ({"tls_client_ca": "/ca"}, "tls_client_ca", 'nothing while grpc.tls is "off"'),
        ({"tls_hosts": "a.example"}, "tls_hosts", 'nothing unless grpc.tls is "self"'),
    ],
)
def test_tls_settings_that_would_do_nothing_are_refused(
    environment: dict[str, str], given: dict[str, str], key: str, allowed: str
) -> None:
    flags = [Flag(f"grpc.{name}", value) for name, value in given.items()]
    found = [problem for problem in problems_of(None, environment, SYMBOLS, *flags) if f"grpc.{key} " in problem]
    assert any(allowed in problem for problem in found)


def test_no_address_means_no_port(environment: dict[str, str]) -> None:
    assert load_config(None, environment, [SYMBOLS, Flag("grpc.listen", "")]).grpc.listen == ""


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:50051", "[::1]:50051", "127.1.2.3:1"])
def test_loopback_addresses_are_allowed(environment: dict[str, str], address: str) -> None:
    assert load_config(None, environment, [SYMBOLS, Flag("grpc.listen", address)]).grpc.listen == address


@pytest.mark.parametrize("address", ["0.0.0.0:8050", "[::]:8050", "192.168.1.2:8050", "trader.example:8050"])
def test_http_beyond_loopback_needs_tls_and_says_so(environment: dict[str, str], address: str) -> None:
    hosts = Flag("http.hosts", "trader.example")
    [problem] = problems_of(None, environment, SYMBOLS, hosts, Flag("http.listen", address))
    assert "ssh -L" in problem
    assert "http.tls_cert and http.tls_key" in problem
    files = [Flag("http.tls_cert", "/etc/cert.pem"), Flag("http.tls_key", "/etc/key.pem")]
    config = load_config(None, environment, [SYMBOLS, hosts, *files, Flag("http.listen", address)])
    assert config.http.listen == address


def test_http_beyond_loopback_may_have_the_daemons_own_certificate(environment: dict[str, str]) -> None:
    flags = [SYMBOLS, Flag("http.listen", "192.168.1.2:8050"), Flag("http.hosts", "desk.example,[fd00::1]")]
    config = load_config(None, environment, [*flags, Flag("http.tls", "self")])
    assert config.certificate_hosts == ("192.168.1.2", "desk.example", "fd00::1")
    assert load_config(None, environment, [SYMBOLS]).certificate_hosts == ()
    files = [Flag("http.tls_cert", "/c"), Flag("http.tls_key", "/k")]
    [problem] = problems_of(None, environment, *flags, Flag("http.tls", "self"), *files)
    assert 'nothing while http.tls is "self"' in problem


def test_half_of_tls_is_none(environment: dict[str, str]) -> None:
    [problem] = problems_of(None, environment, SYMBOLS, Flag("http.tls_cert", "/etc/cert.pem"))
    assert "http.tls_key" in problem
    assert "TLS needs both" in problem


def test_http_on_every_address_must_know_its_names(environment: dict[str, str]) -> None:
    files = [Flag("http.tls_cert", "/etc/cert.pem"), Flag("http.tls_key", "/etc/key.pem")]
    [problem] = problems_of(None, environment, SYMBOLS, *files, Flag("http.listen", "0.0.0.0:8050"))
    assert problem.startswith("http.hosts")


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:8050", "[::1]:8050", ""])
def test_http_on_loopback_or_not_at_all_is_allowed(environment: dict[str, str], address: str) -> None:
    assert load_config(None, environment, [SYMBOLS, Flag("http.listen", address)]).http.listen == address


def test_the_mode_chooses_the_hosts_and_the_clock(environment: dict[str, str]) -> None:
    def alpaca(mode: str) -> tuple[str, str, str]:
        config = load_config(None, environment, [SYMBOLS, Flag("daemon.mode", mode), Flag("alpaca.feed", "sip")])
        assert str(config.origins["alpaca.trading_url"]) == f"default of {mode} mode"
        return config.alpaca.trading_url, config.alpaca.market_stream_url, config.alpaca.clock

    stream = "wss://stream.data.alpaca.markets/v2/sip"
    assert alpaca("paper") == ("https://paper-api.alpaca.markets", stream, "wall")
    assert alpaca("live") == ("https://api.alpaca.markets", stream, "wall")
    assert alpaca("demo") == ("http://127.0.0.1:8765", "ws://127.0.0.1:8765/v2/sip", "exchange")


@pytest.mark.parametrize(
    ("mode", "host"), [("paper", "api"), ("demo", "api"), ("live", "paper-api"), ("demo", "paper-api")]
)
def test_a_mode_never_trades_at_the_host_of_another(environment: dict[str, str], mode: str, host: str) -> None:
    url = Flag("alpaca.trading_url", f"https://{host}.alpaca.markets")
    [problem] = problems_of(None, environment, SYMBOLS, Flag("daemon.mode", mode), url)
    assert f"a host other than {host}.alpaca.markets unless daemon.mode is" in problem


def test_only_the_simulator_has_a_clock_to_follow(environment: dict[str, str]) -> None:
    assert 'allowed is "wall" unless daemon.mode is "demo"' in problem_of(environment, "alpaca.clock", "exchange")


def test_daily_bars_are_those_of_the_regular_session(environment: dict[str, str]) -> None:
    daily, extended = Flag("market.timeframe", "1Day"), Flag("market.session", "extended")
    assert load_config(None, environment, [SYMBOLS, extended]).market.session == "extended"
    [problem] = problems_of(None, environment, SYMBOLS, daily, extended)
    assert 'allowed is "regular" when market.timeframe is "1Day"' in problem


def test_a_contradiction_with_a_wrong_value_is_not_told(environment: dict[str, str]) -> None:
    flags = [Flag("strategy.rsi_overbought", "900"), Flag("strategy.rsi_oversold", "75")]
    [problem] = problems_of(None, environment, SYMBOLS, *flags)
    assert problem.startswith("strategy.rsi_overbought")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[market\n", "Expected ']'"),
        (b"\xff", "utf-8"),
        (b"market = 3\n", "market (file "),
        (b"[nonsense]\n", "nonsense (file "),
    ],
)
def test_a_file_that_is_no_configuration_is_named(
    environment: dict[str, str], file: Path, content: bytes, told: str
) -> None:
    file.write_bytes(content)
    [problem] = problems_of(file, environment, SYMBOLS)
    assert str(file) in problem
    assert told in problem


def test_a_named_file_that_is_not_there_is_a_problem(environment: dict[str, str], file: Path) -> None:
    [problem] = problems_of(file, environment, SYMBOLS)
    assert problem == f"configuration file {file}: No such file or directory; name one with --config FILE"


def test_an_empty_path_means_the_default_and_a_tilde_home(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    flags = [Flag("storage.state_dir", ""), Flag("storage.cache_dir", "~/bars")]
    config = load_config(None, environment, [SYMBOLS, *flags])
    assert config.storage.state_dir == tmp_path / ".local/state/fluxhero"
    assert str(config.origins["storage.state_dir"]) == "default"
    assert config.storage.cache_dir == tmp_path / "bars"


def test_what_is_printed_reads_back_as_the_same_configuration(environment: dict[str, str], file: Path) -> None:
    config = load_config(None, environment, [SYMBOLS, Flag("risk.max_position", "0.25")])
    file.write_text(render(config))
    again = load_config(file, environment)
    assert [value_of(again, key) for key in KEYS] == [value_of(config, key) for key in KEYS]


def test_the_defaults_are_those_of_the_engine() -> None:
    assert to_settings(Config(), 0) == Settings(symbols=())


def test_every_number_of_the_configuration_reaches_the_engine(environment: dict[str, str]) -> None:
    def settings(*flags: Flag) -> Settings:
        return to_settings(load_config(None, environment, [SYMBOLS, *flags]), 0)

    changed = {"timeframe": "5Min", "session": "extended", "allow_shorts": "false", "neutral_entries": "off",
               "trail_on": "price", "illiquid_before": "09:31", "illiquid_midday": "12:01",
               "illiquid_midday_end": "13:01", "illiquid_from": "16:01", "correlation_basis": "prices",
               "daily_loss_resumes": "next_session", "entry_order": "limit", "stops": "daemon",
               "foreign_positions": "halt", "flatten_at_close": "true"}  # fmt: skip
    sections = ("market", "strategy", "risk", "orders")
    default = settings()
    unheard = []
    for key, field in KEYS.items():
        name = key.rsplit(".", 1)[-1]
        if key.split(".")[0] in sections and name != "symbols":
            nudge = Decimal("0.01") if isinstance(field.default, float | Decimal) else 1
            text = changed.get(name) or str(Decimal(str(field.default)) + nudge)
            also = [Flag("orders.flatten_at_close", "true")] if name == "flatten_before_close_s" else []
            if settings(*also, Flag(key, text)) == (settings(*also) if also else default):
                unheard.append(key)
    assert unheard == []


def test_latency_is_handed_through() -> None:
    assert to_settings(Config(), 123).latency_ns == 123


def test_the_strategy_allows_the_same_ranges_here_and_in_the_core() -> None:
    different = []
    for name, key in itertools.product(StrategyParams.__dataclass_fields__, ("strategy.", "strategy.noise.")):
        field = KEYS.get(key + name)
        limits = {type(limit).__name__: limit for limit in field.metadata} if field else {}
        if "Ge" in limits and (limits["Ge"].ge, limits["Le"].le) != allowed_range(name):
            different.append(name)
    assert different == []


def test_the_configuration_has_every_parameter_of_the_strategy() -> None:
    names = {key.rsplit(".", 1)[-1] for key in KEYS} | {f"{key.rsplit('.', 1)[-1]}_minute" for key in KEYS}
    assert {field.name for field in fields(StrategyParams)} <= names


# --- secrets ---------------------------------------------------------------------------------------------
MAIL = "mailtos://me:hunter2@smtp.example.com?to=a@example.com,b@example.com"
HOOK = "jsons://hooks.example.com/hunter2"


def test_channels_come_from_the_environment_with_the_commas_that_are_in_them(environment: dict[str, str]) -> None:
    environment |= {"FLUXHERO_MARKET__SYMBOLS": "SPY,IBM", "FLUXHERO_ALERTS__URLS": f"{MAIL}, {HOOK}"}
    config = load_config(None, environment)
    assert config.alerts.urls == (MAIL, HOOK)
    assert config.market.symbols == ("SPY", "IBM")


def test_a_channel_is_shown_nowhere(environment: dict[str, str], file: Path) -> None:
    file.write_text(f'[market]\nsymbols = ["SPY"]\n[alerts]\nurls = ["{MAIL}", "{HOOK}"]\n')
    config = load_config(file, environment)
    assert 'alerts.urls = "***"' in render(config)
    shown = (render(config), repr(config), str(config), repr(to_settings(config, 0)))
    assert all("hunter2" not in text for text in shown)
    assert "alerts.urls = []" in render(load_config(None, environment, [SYMBOLS]))


@pytest.mark.parametrize("text", ["hunter2", f"{HOOK},{HOOK}", f"{HOOK} ,hunter2://,nothing"])
def test_an_error_about_channels_does_not_show_them(environment: dict[str, str], text: str) -> None:
    environment["FLUXHERO_ALERTS__URLS"] = text
    problems = problems_of(None, environment, SYMBOLS, Flag("market.timeframe", "2Hour"))
    assert "hunter2" not in " ".join(problems)
    assert [problem.split()[0] for problem in problems] == (
        ["market.timeframe"] if "nothing" in text else ["market.timeframe", "alerts.urls"]
    )


def test_channels_of_another_type_are_refused_without_their_value(environment: dict[str, str], file: Path) -> None:
    file.write_text('[market]\nsymbols = ["SPY"]\n[alerts]\nurls = [{hunter2 = "hunter2"}]\n')
    [problem] = problems_of(file, environment)
    assert problem == f'alerts.urls = "..." (file {file}): allowed is a list of texts in quotes'


TOKENS = (
    "tgram://123456789:hunter2AbCdEf/12315544/",
    "discord://4174216298/hunter2JHMOBX22zzFLzR07WJ1EZw",
    "https://hooks.slack.com/services/T1JJ3T3L2/hunter2",
    "https://discord.com/api/webhooks/417429632418316298/hunter2",
    "ntfys://hunter2",
    "https://host.example.com?token=hunter2",
    "PKhunter2ABCDEF1234",
    "hunter2@host",
)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(
    "key", ["alpaca.data_url", "daemon.mode", "grpc.listen", "storage.state_dir", "market.symbols"]
)
def test_what_could_be_a_secret_is_not_shown_under_a_wrong_key_either(
    environment: dict[str, str], file: Path, key: str, token: str
) -> None:
    section, name = key.split(".")
    file.write_text(f'[{section}]\n{name} = "{token}"\n')
    for origin in ((file, ()), (None, (Flag(key, token),))):
        try:
            shown = render(load_config(origin[0], environment, origin[1]))
        except ConfigurationError as error:
            shown = str(error)
        assert "hunter2" not in shown
    environment[f"FLUXHERO_{section.upper()}__{name.upper()}"] = token
    with contextlib.suppress(ConfigurationError):
        assert "hunter2" not in render(load_config(None, environment))


def test_a_secret_as_a_key_or_in_a_table_is_not_shown(environment: dict[str, str], file: Path) -> None:
    file.write_text(
        '"tgram://hunter2" = 1\n[alerts]\n"mailtos://hunter2@x" = true\n[market]\nsymbols = [{a = "hunter2"}]\n'
    )
    problems = problems_of(file, environment, Flag("jsons://x/hunter2", "1"))
    assert len(problems) == 4
    assert "hunter2" not in " ".join(problems)
