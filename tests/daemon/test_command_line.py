import gc
import subprocess
import sys
from pathlib import Path

import pytest
from harness.receivers import mailbox, webhook

import fluxherod
from fluxherod.__main__ import main
from fluxherod.commands.alert_trial import try_channels
from fluxherod.core.kernel import KERNEL_VERSION

DAEMON = Path(fluxherod.__file__).parents[1]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert all(
        command in shown
        for command in (
            "run",
            "warmup",
            "demo",
            "check-config",
            "test-alerts",
            "version",
            "replay",
            "rebuild",
            "backup",
            "restore",
            "exit codes",
        )
    )


@pytest.mark.parametrize("arguments", [[], ["trade"], ["check-config", "--set", "x"], ["demo", "--speed", "0"],
                                       ["demo", "--port", "99999"], ["demo", "--sessions", "many"]])  # fmt: skip
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["check-config", "--set", "tgram://123:hunter2/1"],
        ["check-config", "--set", "=tgram://123:hunter2/1"],
        ["check-config", "tgram://123:hunter2/1"],
        ["tgram://123:hunter2/1"],
        ["demo", "--port", "tgram://123:hunter2/1"],
        ["demo", "--speed", "PKhunter2ABCDEF12345"],
    ],
)
def test_wrong_usage_shows_nothing_that_could_be_a_secret(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    shown = capsys.readouterr()
    assert "error: " in shown.err
    assert "hunter2" not in shown.err + shown.out


def test_check_config_prints_each_key_with_its_value_and_origin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--set", "market.symbols=SPY,IBM", "--log-level", "debug"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert 'market.symbols = ["SPY", "IBM"] # flag --set' in lines
    assert 'daemon.log_level = "debug" # flag --log-level' in lines
    assert "risk.max_position = 0.2 # default" in lines


def test_check_config_ends_with_1_and_the_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--set", "market.timeframe=2Hour"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.split()[0] for line in shown.err.splitlines()] == ["market.symbols", "market.timeframe"]


def test_run_ends_with_2_on_a_wrong_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", "/nonexistent.toml", "--set", "market.symbols=SPY"]) == 2
    assert capsys.readouterr().err.startswith("fluxherod: configuration file /nonexistent.toml: No such file")


def test_run_ends_with_2_without_credentials_before_it_touches_the_disk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["run", "--set", "market.symbols=SPY"]) == 2
    assert "no Alpaca credentials" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_fails_leaves_the_garbage_collector_at_work() -> None:
    assert main(["run", "--set", "market.timeframe=2Hour"]) == 2
    assert gc.isenabled()


def test_version_names_what_a_report_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    shown = dict(line.split(" ", 1) for line in capsys.readouterr().out.splitlines())
    assert shown["fluxherod"] == fluxherod.__version__
    assert shown["kernel"] == str(KERNEL_VERSION)
    assert shown["API"] == "fluxhero.v1"
    assert {"Python", "numba", "grpcio", "protobuf"} <= shown.keys()


def test_check_config_does_not_import_the_trading_code() -> None:
    script = (
        "import sys; from fluxherod.__main__ import main; main(['check-config', '--set', 'market.symbols=SPY']); "
        "sys.exit(repr({'numba', 'numpy', 'grpc', 'httpx'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=DAEMON, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.strip() == "set()"


# --- the channels of alerts ---------------------------------------------------------------------------------
def test_test_alerts_tells_of_each_channel_whether_it_took_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    with webhook() as good, webhook(403) as bad, mailbox() as box:
        urls = f"{good.url},{bad.url},{box.url}"
        assert main(["test-alerts", "--set", "market.symbols=SPY", "--set", f"alerts.urls={urls}"]) == 1
        assert main(["test-alerts", "--set", "market.symbols=SPY", "--set", f"alerts.urls={good.url}"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "channel 1 (json at 127.0.0.1): delivered",
        "channel 2 (json at 127.0.0.1): FAILED, it answered with HTTP 403",
        "channel 3 (mailto at 127.0.0.1): delivered",
        "channel 1 (json at 127.0.0.1): delivered",
    ]
    assert good.titles == ["[FluxHero PAPER] INFO: TEST"] * 2
    assert box.mails[0]["Subject"] == "[FluxHero PAPER] INFO: TEST"


def test_test_alerts_without_channels_says_how_to_set_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test-alerts", "--set", "market.symbols=SPY"]) == 2
    assert capsys.readouterr().err.startswith("fluxherod: alerts.urls: is empty; set a list of Apprise URLs")


def test_test_alerts_leaves_a_channel_that_hangs(capsys: pytest.CaptureFixture[str]) -> None:
    with webhook(hangs=True) as slow, webhook() as good:
        assert try_channels([good.url], "paper") == 0  # what takes long is loaded then
        capsys.readouterr()
        assert try_channels([slow.url, good.url], "paper", answer_within_s=3.0) == 1
        assert capsys.readouterr().out.splitlines() == [
            "channel 1 (json at 127.0.0.1): FAILED, no answer in time",
            "channel 2 (json at 127.0.0.1): delivered",
        ]


def test_check_config_finds_a_channel_that_apprise_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    urls = "alerts.urls=json://example.com/hunter2,nonsense://hunter2"
    assert main(["check-config", "--set", "market.symbols=SPY", "--set", urls]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("alerts.urls: channel 2 (nonsense): it is no Apprise URL")
    assert "hunter2" not in shown.out + shown.err


def test_without_channels_apprise_is_not_even_imported() -> None:
    heavy = "('apprise', 'requests', 'tenacity')"
    program = f"import fluxherod.app, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
