"""The command line. Only what trades, replays or compiles imports the trading code: the rest answers at once."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import fluxherod
from fluxherod import failpoints
from fluxherod.commands.arguments import positive
from fluxherod.errors import ConfigurationError, FluxHeroError
from fluxherod.unshown import without_secrets

if TYPE_CHECKING:
    from types import FrameType

    from fluxherod.configuration.config import Config

Command = Callable[[argparse.Namespace], int]
API_PACKAGE = "fluxhero.v1"
EXIT_CODES = (
    "exit codes: 0 ended as asked, 1 failed at run time (check-config: errors found), 2 wrong usage or configuration"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Command = options.run_command
    try:
        failpoints.install(os.environ)
        return command(options)
    except FluxHeroError as error:
        print(f"fluxherod: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"fluxherod: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in {"fluxherod", "fluxhero", "alpacasim"}:
            raise
        print(f"fluxherod: {error.name} is not installed: pip install 'fluxhero[daemon]'", file=sys.stderr)
        return 1


class _Parser(argparse.ArgumentParser):
    """Shows nothing of a wrong argument that could be a secret: the service's log has what it prints."""

    def error(self, message: str) -> NoReturn:
        super().error(without_secrets(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="fluxherod", description="FluxHero's trading daemon for US equities at Alpaca.", epilog=EXIT_CODES
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_trading(commands)
    _add_trials(commands)
    _add_journal(commands)
    _add_backups(commands)
    _add_token(_command(commands, "token", _token, "make, list and revoke the tokens of the API"))
    commands.add_parser("version", help="print the versions").set_defaults(run_command=_version)
    return parser


def _command(commands: Any, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    """A command that `main` runs; its arguments are the caller's to add."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, epilog=EXIT_CODES)
    parser.set_defaults(run_command=run)
    return parser


def _add_trading(commands: Any) -> None:
    run = _command(commands, "run", _run, "trade, until stopped")
    _add_configuration(run)
    _add_logging(run)
    run.add_argument("--key-file", type=Path, metavar="FILE", help="file with the Alpaca key id")
    run.add_argument("--secret-file", type=Path, metavar="FILE", help="file with the Alpaca secret key")
    what = "compile ahead what the first start and the first backtest need"
    _add_configuration(_command(commands, "warmup", _warmup, what))
    _add_demo(_command(commands, "demo", _demo, "trade real prices against the simulator on this machine"))
    what = "trade past prices from files, or as on a day of the journal"
    _add_backtest(_command(commands, "backtest", _backtest, what))


def _add_trials(commands: Any) -> None:
    check = _command(commands, "check-config", _check_config, "print each key, its value and its origin")
    _add_configuration(check)
    _add_logging(check)
    what = "send a test message to every channel of alerts"
    _add_configuration(_command(commands, "test-alerts", _test_alerts, what))


def _add_journal(commands: Any) -> None:
    replay = _command(commands, "replay", _replay, "run a journal again and compare what it decides")
    replay.add_argument(
        "path", type=Path, metavar="PATH", help="the state folder that has the journal, or a sealed file of it"
    )
    _add_state_dir(_command(commands, "verify", _verify, "look for damage in what a daemon keeps"))
    _add_state_dir(_command(commands, "rebuild", _rebuild, "make the database anew from the journal"))


def _add_backups(commands: Any) -> None:
    backup = _command(commands, "backup", _backup, "copy what a daemon keeps, while it runs")
    backup.add_argument("folder", type=Path, metavar="DEST", help="a new folder; with --keep a folder of backups")
    backup.add_argument(
        "--keep", type=positive(int), metavar="N", help="make a new one in DEST, named by the time; the newest N stay"
    )
    _add_state_dir_option(backup)
    restore = _command(commands, "restore", _restore, "put a backup in place, for a halted start")
    restore.add_argument("folder", type=Path, metavar="SRC", help="a backup's folder")
    _add_state_dir_option(restore)
    restore.add_argument("--force", action="store_true", help="move what is there to STATE/replaced-TIME")


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file (default: fluxhero.toml in the configuration folder)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="SECTION.KEY=VALUE",
        dest="assignments",
        help="set one key; can be repeated, the last one holds",
    )


def _add_logging(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log-level", metavar="LEVEL", help="debug, info, warning or error")
    parser.add_argument("--log-format", metavar="FORMAT", help="auto, journal, json or text")


def _add_state_dir(parser: argparse.ArgumentParser) -> None:
    _add_configuration(parser)
    parser.add_argument(
        "state_dir",
        type=Path,
        nargs="?",
        metavar="STATE_DIR",
        help="the daemon's state folder (default: by the configuration)",
    )


def _add_state_dir_option(parser: argparse.ArgumentParser) -> None:
    _add_configuration(parser)
    parser.add_argument(
        "--state-dir", type=Path, metavar="DIR", help="the daemon's state folder (default: by the configuration)"
    )


def _add_token(parser: argparse.ArgumentParser) -> None:
    from fluxherod.commands.token_arguments import add_actions

    _add_state_dir_option(parser)
    add_actions(parser)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    from fluxherod.commands.demo_arguments import add_options

    add_options(parser)


def _add_backtest(parser: argparse.ArgumentParser) -> None:
    from fluxherod.commands.backtest_arguments import add_options

    _add_configuration(parser)
    add_options(parser)


def _assignment(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError("allowed is SECTION.KEY=VALUE, such as market.timeframe=5Min")
    return key.strip(), value.strip()


def _load(options: argparse.Namespace) -> Config:
    from fluxherod.configuration.layers import Flag, load_config

    flags = [Flag(key, value) for key, value in options.assignments]
    for name in ("log_level", "log_format"):
        if (value := getattr(options, name, None)) is not None:
            flags.append(Flag(f"daemon.{name}", value, f"--{name.replace('_', '-')}"))
    return load_config(options.config, os.environ, flags)


def _run(options: argparse.Namespace) -> int:
    from fluxherod import logs
    from fluxherod.configuration.credentials import find_credentials
    from fluxherod.configuration.directories import keep_machine_code, make_private
    from fluxherod.service.stop import hold_hangups

    hold_hangups()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # until the daemon takes them
    with _no_garbage():
        config = _load(options)
        logs.configure(config.daemon.log_level, config.daemon.log_format)
        credentials = find_credentials(os.environ, options.key_file, options.secret_file)
        logs.redactor.hide(credentials.secret)
        _hide_channels(config)
        for directory in (config.storage.state_dir, config.storage.cache_dir):
            make_private(directory)
        keep_machine_code(os.environ, config.storage.cache_dir)

        from fluxherod import app  # imports Numba, which must find its cache folder set
    return app.run(config, credentials)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """What is imported stays for good: to look for garbage in it again and again takes a tenth of the start."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _warmup(options: argparse.Namespace) -> int:
    from fluxherod.configuration.directories import check_machine_code, keep_machine_code

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is compiled by then stays
    folder = keep_machine_code(os.environ, _load(options).storage.cache_dir)
    check_machine_code(folder)

    from fluxherod.commands.warmup import warmup_main

    return warmup_main(folder)


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(0)  # nothing is open yet, and an exception could be lost in whatever is being imported


def _demo(options: argparse.Namespace) -> int:
    from fluxherod.demo.run import DemoOptions, run_demo

    fields = {name: value for name, value in vars(options).items() if name != "run_command"}
    return run_demo(DemoOptions(**fields))


def _backtest(options: argparse.Namespace) -> int:
    from fluxherod.commands.backtest_arguments import problem

    if wrong := problem(options):
        raise ConfigurationError([wrong])
    _prepare_kernels()
    if options.like_day is not None:
        from fluxherod.commands.like_day import run_like_day

        return run_like_day(_state_dir(options), options.like_day, options.json)

    from fluxherod.commands.backtest import run_backtest

    options.assignments.insert(0, ("market.symbols", "ANY"))  # the files say which, and a configuration needs one
    return run_backtest(options, _load(options))


def _check_config(options: argparse.Namespace) -> int:
    from fluxherod.configuration.layers import render

    try:
        config = _load(options)
        if config.alerts.urls:
            from fluxherod.commands.alert_trial import check_channels

            check_channels(config.alerts.urls)
        print(render(config))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _test_alerts(options: argparse.Namespace) -> int:
    from fluxherod.commands.alert_trial import try_channels

    config = _load(options)
    return try_channels(config.alerts.urls, config.daemon.mode)


def _hide_channels(config: Config) -> None:
    """No line of the log shows a channel's URL, or a part of it."""
    from fluxherod import logs
    from fluxherod.adapters.channel_urls import secret_parts

    for url in config.alerts.urls:
        for part in secret_parts(url):
            logs.redactor.hide(part)


def _replay(options: argparse.Namespace) -> int:
    _prepare_kernels()

    from fluxherod.persistence.replay import replay_main

    return replay_main(options.path)


def _verify(options: argparse.Namespace) -> int:
    _prepare_kernels()

    from fluxherod.persistence.verify import verify_main

    return verify_main(_state_dir(options))


def _rebuild(options: argparse.Namespace) -> int:
    _prepare_kernels()

    from fluxherod.persistence.rebuild import rebuild_main

    return rebuild_main(_state_dir(options))


def _backup(options: argparse.Namespace) -> int:
    from fluxherod.persistence.backup import backup_main, keep_backups

    if options.keep is not None:
        return keep_backups(_state_dir(options), options.folder, options.keep)
    return backup_main(_state_dir(options), options.folder)


def _restore(options: argparse.Namespace) -> int:
    from fluxherod.persistence.backup import restore_main

    return restore_main(options.folder, _state_dir(options), force=options.force)


def _prepare_kernels() -> None:
    """For a command that replays: few words, and machine code where the daemon keeps it."""
    from fluxherod.configuration.directories import find_directories, keep_machine_code

    logging.basicConfig(level=logging.WARNING)
    keep_machine_code(os.environ, find_directories(os.environ).cache)


def _state_dir(options: argparse.Namespace) -> Path:
    """The state folder that was named, else the configuration's."""
    if options.state_dir is None:
        options.assignments.insert(0, ("market.symbols", "ANY"))  # whoever looks needs none, and a configuration does
        options.state_dir = _load(options).storage.state_dir
    folder: Path = options.state_dir
    return folder


def _token(options: argparse.Namespace) -> int:
    from fluxherod.commands.token import run_token

    return run_token(options, _state_dir(options))


def _version(options: argparse.Namespace) -> int:
    from fluxherod.core.kernel import KERNEL_VERSION

    print(f"fluxherod {fluxherod.__version__}")
    print(f"Python {platform.python_version()}")
    for package in ("numba", "grpcio", "protobuf"):
        print(f"{package} {metadata.version(package)}")
    print(f"kernel {KERNEL_VERSION}")
    print(f"API {API_PACKAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
