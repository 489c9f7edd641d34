"""`completion`: what a shell needs to complete commands, options and choices, made from the parser itself."""

from __future__ import annotations

import argparse
import shlex
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

from fluxhero_client.cli.arguments import build
from fluxhero_client.cli.catalog import COMMANDS
from fluxhero_client.cli.console import Console

_FILES = frozenset({"FILE"})


@dataclass(frozen=True, slots=True)
class _Words:
    """What may follow a command: its options, what its arguments may be, and the values of its options."""

    options: tuple[str, ...]
    choices: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    files: tuple[str, ...]


def completion(arguments: Namespace, console: Console) -> int:
    """The script of a shell."""
    words = {name: _words(parser) for name, parser in _parsers()}
    console.print({"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell](words))
    return 0


def _parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in build(COMMANDS)._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _words(parser: argparse.ArgumentParser) -> _Words:
    options: list[str] = []
    choices: list[str] = []
    values: dict[str, tuple[str, ...]] = {}
    files: list[str] = []
    for action in parser._actions:
        named = tuple(action.option_strings)
        options += named
        offered = tuple(str(choice) for choice in action.choices or ())
        if not named:
            choices += offered
            files += ["argument"] if action.metavar in _FILES else []
        for option in named:
            if offered:
                values[option] = offered
            elif action.metavar in _FILES:
                files.append(option)
    return _Words(tuple(options), tuple(choices), values, tuple(files))


def _cases(words: dict[str, _Words]) -> Iterator[str]:
    """`case` branches of bash and zsh: by command what may come; by command and option which values."""
    for name, one in words.items():
        for option, values in one.values.items():
            yield f"    {shlex.quote(f'{name} {option}')}) offer={shlex.quote(' '.join(values))} ;;"
        for option in one.files:
            if option != "argument":
                yield f"    {shlex.quote(f'{name} {option}')}) files=1 ;;"


def _plain(words: dict[str, _Words]) -> Iterator[str]:
    for name, one in words.items():
        files = " files=1" if "argument" in one.files else ""
        yield f"    {name}) offer={shlex.quote(' '.join((*one.choices, *one.options)))}{files} ;;"


_SEARCH = """\
  local command='' word offer='' files=''
  for word in {before}; do
    case " {commands} " in *" $word "*) command=$word; break ;; esac
  done
  case "$command $previous" in
{cases}
    *) case "$command" in
    '') offer={first} ;;
{plain}
    esac ;;
  esac"""


def _search(words: dict[str, _Words], before: str) -> str:
    first = " ".join((*words, "--version", *words["status"].options))
    return _SEARCH.format(
        before=before,
        commands=" ".join(words),
        cases="\n".join(_cases(words)),
        first=shlex.quote(first),
        plain="\n".join(_plain(words)),
    )


def _bash(words: dict[str, _Words]) -> str:
    return f"""\
_fluxhero() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
{_search(words, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  COMPREPLY=($(compgen -W "$offer" -- "$current"))
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); compopt -o filenames; fi
}}
complete -F _fluxhero fluxhero"""


def _zsh(words: dict[str, _Words]) -> str:
    return f"""\
#compdef fluxhero
_fluxhero() {{
  local current=${{words[CURRENT]}} previous=${{words[CURRENT-1]}}
  local -a before
  before=("${{(@)words[2,CURRENT-1]}}")
{_search(words, '"${before[@]}"')}
  compadd -- ${{=offer}}
  if [[ -n $files ]]; then _files; fi
}}
if [ "$funcstack[1]" = _fluxhero ]; then _fluxhero "$@"; else compdef _fluxhero fluxhero; fi"""


def _fish(words: dict[str, _Words]) -> str:
    lines = ["complete -c fluxhero -f"]
    for name, one in words.items():
        text = COMMANDS[name].text
        lines.append(f"complete -c fluxhero -n __fish_use_subcommand -a {name} -d {shlex.quote(text)}")
        here = f"complete -c fluxhero -n '__fish_seen_subcommand_from {name}'"
        if one.choices:
            lines.append(f"{here} -a {shlex.quote(' '.join(one.choices))}")
        if "argument" in one.files:
            lines.append(f"{here} -F")
        for option in one.options:
            flag = f"-l {option.removeprefix('--')}" if option.startswith("--") else f"-s {option.removeprefix('-')}"
            value = f" -x -a {shlex.quote(' '.join(one.values[option]))}" if option in one.values else ""
            lines.append(f"{here} {flag}{value}{' -r -F' if option in one.files else ''}")
    return "\n".join(lines)
