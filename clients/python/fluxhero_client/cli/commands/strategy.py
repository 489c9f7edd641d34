"""`strategies`, `set-parameter`, `performance`: by which numbers is traded, and what it has earned."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered, listed
from fluxhero_client.cli.show.table import Table, print_pairs
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.strategy_pb2 import Strategy, StrategyParameters

WRONG_USAGE = 2
_SWITCH = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


async def strategies(client: Client, arguments: Namespace, console: Console) -> int:
    """The strategies with their parameters."""
    found = await client.strategy.list()
    if listed(found, "Strategy", arguments, console):
        return 0
    for strategy in found:
        _show(strategy, console)
    return 0


async def set_parameter(client: Client, arguments: Namespace, console: Console) -> int:
    """Change parameters."""
    from fluxhero.v1.strategy_pb2 import StrategyParameters

    parameters = StrategyParameters()
    wrong = [problem for text in arguments.change if (problem := put(text, parameters))]
    if wrong:
        for problem in wrong:
            console.note(f"fluxhero: {problem}")
        return WRONG_USAGE
    strategy = await client.strategy.update(
        parameters, reason=arguments.reason, revision=arguments.revision, request_id=arguments.request_id
    )
    if answered(strategy, arguments, console):
        return 0
    for field, _ in parameters.ListFields():
        console.print(f"{field.name} = {_text(getattr(strategy.parameters, field.name))}")
    console.print(f"in force from the next bar on; revision {strategy.revision}")
    return 0


async def performance(client: Client, arguments: Namespace, console: Console) -> int:
    """What each mode has earned."""
    answer = await client.strategy.performance(symbols=arguments.symbol, start=arguments.since, end=arguments.until)
    if answered(answer, arguments, console):
        return 0
    from fluxhero_client.cli.show.figures import word
    from fluxhero_client.cli.show.strategy_columns import performance_columns

    rows = [(word(mode, "mode"), mode.statistics) for mode in answer.by_mode]
    Table[Any](performance_columns(), console).print([*rows, ("all", answer.total)])
    return 0


def put(text: str, parameters: StrategyParameters) -> str:
    """Set the parameter of "Strategy"=VALUE; what is wrong with it, in words, or ""."""
    name, _, value = text.partition("=")
    field = parameters.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        return f"{name!r} is no parameter: see fluxhero strategies"
    try:
        if field.cpp_type == field.CPPTYPE_BOOL:
            setattr(parameters, name, _SWITCH[value.lower()])
        else:
            setattr(parameters, name, int(value) if field.cpp_type == field.CPPTYPE_INT32 else float(value))
    except (ValueError, KeyError):
        kinds = {field.CPPTYPE_BOOL: "on or off", field.CPPTYPE_INT32: "a whole number"}
        return f"{name} takes {kinds.get(field.cpp_type, 'a number')}, not {value!r}"
    return ""


def _show(strategy: Strategy, console: Console) -> None:
    from fluxhero_client.cli.show.figures import Cell
    from fluxhero_client.cli.show.strategy_columns import parameter_columns

    console.print(console.paint(f"{strategy.name} on {strategy.timeframe} bars", "bold"))
    console.print(strategy.description)
    off = ", ".join(strategy.disabled_symbols)
    print_pairs(
        console,
        [
            ("may enter", ", ".join(strategy.enabled_symbols) or Cell("nothing", "warn")),
            *([("switched off", Cell(off, "warn"))] if off else []),
            ("revision", strategy.revision),
        ],
    )
    console.print()
    rows = [(info, _text(getattr(strategy.parameters, info.name))) for info in strategy.parameter_infos]
    Table[Any](parameter_columns(), console).print(rows)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
