"""The command line: argparse only, so that help and mistakes cost nothing; only the command that was named is built."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from fluxhero_client.cli.catalog import COMMANDS, GROUPS, Command
from fluxhero_client.cli.options import VALUED, add_global_options

_EPILOG = """\
exit codes:
  0  done                          5  no such order, position, signal, alert, bar or run
  1  failed, or you said no        6  access denied: no token, a wrong one, or a role too low
  2  wrong usage or bad request    130  ended by Ctrl-C (watch: 0)
  3  no daemon, or it is not ready (or no answer in time)
  4  refused by the daemon, with the reason

The local daemon is found by itself (Unix socket, else 127.0.0.1:50051); --address, FLUXHERO_ADDRESS or a profile names
another. The token comes from --token-file, the profile, FLUXHERO_TOKEN or FLUXHERO_TOKEN_FILE, or, with --ca for the
daemon's own tls.cert, from the file beside it; a Unix socket needs none. Times are New York times. -o json prints the
API's own messages: lists as an array, streams as one message a line; -o csv one line an entry. `fluxhero COMMAND
--help` says more."""
_PACED = frozenset({"prices", "indicators", "positions", "account", "risk", "status"})
_WITHOUT_SYMBOLS = {
    "risk": "risk is that of the whole account",
    "account": "there is one account",
    "status": "the status is that of the daemon",
    "events": "the journal is one",
}


class _Parser(argparse.ArgumentParser):
    """The root, whose help lists the commands by what they are for."""

    def format_help(self) -> str:
        lines = [f"usage: {self.usage}", "", str(self.description), ""]
        for title, commands in GROUPS.items():
            lines += [f"{title}:", *(f"  {name:<14} {command.text}" for name, command in commands.items()), ""]
        formatter = self._get_formatter()
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_arguments(one for one in group._group_actions if one.option_strings)
            formatter.end_section()
        return "\n".join(lines) + "\n" + formatter.format_help() + f"\n{_EPILOG}\n"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The chosen command with its options; ends the process with code 2 when they are wrong."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    command = _command(words)
    # To build all of them takes longer than a call of the daemon.
    parser = build((command,) if command in COMMANDS else COMMANDS)
    chosen = parser.parse_args(words)
    if wrong := _wrong_together(chosen):
        parser.error(wrong)
    return chosen


def _command(words: Sequence[str]) -> str:
    """The first word that is neither an option nor an option's value."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            return word
        if word in VALUED:
            next(rest, "")
    return ""


def build(names: Iterable[str]) -> argparse.ArgumentParser:
    """The parser with these commands."""
    parser = _Parser(
        prog="fluxhero",
        usage="fluxhero [OPTIONS] COMMAND [ARGUMENTS]",
        description="Watch and steer fluxherod, the FluxHero trading daemon.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    add_global_options(parser, suppress=False)
    commands = parser.add_subparsers(
        prog="fluxhero", dest="command", metavar="COMMAND", required=True, parser_class=argparse.ArgumentParser
    )
    for name in names:
        _add(commands, name, COMMANDS[name])
    return parser


def _add(commands: Any, name: str, command: Command) -> None:
    examples = "\n".join(f"  {line}" for line in command.examples)
    parser = commands.add_parser(
        name,
        description=command.text[0].upper() + command.text[1:] + ".",
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for add in command.options:
        add(parser)
    # The options that every command has would hide its own.
    parser.usage = f"{parser.format_usage().removeprefix('usage: ').rstrip()} [OPTIONS]"
    add_global_options(parser, suppress=True)


def _wrong_together(chosen: argparse.Namespace) -> str:
    """What of the options does not go together, in words; "" when all of it does."""
    if chosen.command == "watch":
        return _wrong_watch(chosen)
    if chosen.command == "limits" and chosen.action and not (chosen.change and chosen.reason):
        return "limits set needs NAME=VALUE and --reason"
    if chosen.command == "replace" and not (chosen.limit or chosen.quantity):
        return "replace: give --limit, --quantity or both"
    if chosen.command == "profile" and (chosen.action == "list") == bool(chosen.name):
        return "profile: list takes no name, add and remove take one"
    return ""


def _wrong_watch(chosen: argparse.Namespace) -> str:
    topics = chosen.topic
    if "events" in topics and len(topics) > 1:
        return "watch: events are the journal, a stream of their own: watch them alone"
    if len(set(topics)) < len(topics):
        return "watch: name each topic once"
    if chosen.every and not _PACED & set(topics):
        return f"--every: {' and '.join(topics)} are never held back, each change is shown at once"
    if chosen.symbol and all(topic in _WITHOUT_SYMBOLS for topic in topics):
        return f"--symbol: {_WITHOUT_SYMBOLS[topics[0]]}"
    if "events" not in topics and (chosen.type or chosen.from_seq is not None):
        return "watch: --from and --type are for events"
    return ""


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"fluxhero {version('fluxhero')}\n")
