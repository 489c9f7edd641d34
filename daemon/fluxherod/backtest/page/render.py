"""Put the page together: one file, nothing loaded, and no script but its own may run."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fluxherod.backtest.metrics import RunFigures
from fluxherod.backtest.model import Bars
from fluxherod.backtest.page import headline, tables, texts, trials, words
from fluxherod.backtest.page.candles import laid_bars
from fluxherod.backtest.page.figures import by_exit, by_side, by_symbol, holding_e4, noise_rules, rolling_sharpe
from fluxherod.backtest.page.inputs import Extras
from fluxherod.backtest.page.payload import payload
from fluxherod.backtest.report import Report
from fluxherod.backtest.tape import Laid
from fluxherod.core.calendar import NEW_YORK
from fluxherod.core.performance import RISK_FREE_RATE

SCRIPTS = ("decode", "draw", "axes", "panels", "prices", "explorer", "sorting", "main")


def render(report: Report, bars: Sequence[Bars], extras: Extras | None = None) -> str:
    """The page of a run as HTML.

    Args:
        report: the run with its figures and checks.
        bars: those of the run; they are drawn.
        extras: a title, and what was made besides.

    Raises:
        ValueError: when the bars are not of the run's symbols.
    """
    extras = extras or Extras()
    laid = laid_bars(bars, report.run)
    if laid.symbols != report.run.symbols:
        raise ValueError(f"bars of {', '.join(laid.symbols)}: the run traded {', '.join(report.run.symbols)}")
    script, style = _script(), _static("style.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = _environment().get_template("page.html")
    return page.render(policy=policy, script=Markup(script), style=Markup(style), **_context(report, laid, extras))


def _context(report: Report, laid: Laid, extras: Extras) -> dict[str, Any]:
    run = report.run
    rolling = rolling_sharpe(run, RISK_FREE_RATE)
    drawn = payload(run, laid, rolling)
    held = holding_e4(run, laid)
    about = extras.about
    return {
        "about": about,
        "made": about.made and f"{about.made.astimezone(NEW_YORK):%Y-%m-%d %H:%M} New York",
        "title": about.title or words.headline(run),
        "traded": words.headline(run),
        "period": words.period(run),
        "result": words.result(report, float(held[-1]) if len(held) else float(run.config.initial_equity_e4)),
        "verdicts": _verdicts(report, extras),
        "tiles": headline.tiles(report.metrics),
        "figures": headline.all_figures(report.metrics),
        "data": Markup(drawn.text),
        "fineness": words.candle(run, drawn.width),
        "hold_note": words.hold_note(run),
        "symbols": run.symbols,
        "rolling": rolling,
        "refused": drawn.refused,
        "shown_trades": min(len(run.trades), tables.MOST_TRADES),
        "run": run,
        "checks": report,
        "assumptions": words.assumptions(run),
        "settings": headline.settings(run.config),
        "entries": int((~run.signals["exit"]).sum()),
        "texts": texts,
        **_tables(report, laid),
        **_extras(extras),
    }


def _tables(report: Report, laid: Laid) -> dict[str, Any]:
    run, found = report.run, report.metrics
    whole = found.trades
    return {
        "months": tables.months(found.monthly),
        "by_mode": tables.groups("By the mode that opened the trade", "Mode", _worded(found.by_mode), whole),
        "by_regime": tables.groups("By the regime of the signal's bar", "Regime", _worded(found.by_regime), None),
        "by_more": [
            tables.groups(caption, what, [(group.name, group.figures) for group in parts], None)
            for caption, what, parts in (
                ("By side", "Side", by_side(run)),
                ("By why it ended", "Exit", by_exit(run)),
                ("By symbol", "Symbol", by_symbol(run) if len(run.symbols) > 1 else ()),
            )
            if parts
        ],
        "outcomes": tables.outcomes(run),
        "noise": tables.noise(run, noise_rules(run, laid)),
        "trades": tables.trades(run),
        "still_open": tables.still_open(run),
        "guards": tables.guards(run),
    }


def _worded(parts: Mapping[str, RunFigures]) -> list[tuple[str, RunFigures]]:
    """With the code's names as words; a symbol is no such name."""
    return [(texts.capital(texts.words(name)), figures) for name, figures in parts.items()]


def _verdicts(report: Report, extras: Extras) -> list[words.Verdict]:
    found = [words.look_ahead(report), words.warm_up(report)]
    if extras.walk_forward is not None:
        found.append(trials.walk_forward_verdict(extras.walk_forward))
    if extras.luck is not None:
        found.append(trials.luck_verdict(extras.luck))
    return found


def _extras(extras: Extras) -> dict[str, Any]:
    sweep, walk_forward = extras.sweep, extras.walk_forward
    return {
        "sweep": sweep and trials.heat_map(sweep),
        "sweep_words": trials.sweep_words(sweep) if sweep else (),
        "windows": walk_forward and trials.windows(walk_forward),
        "walk_forward": walk_forward,
        "luck": extras.luck,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("fluxherod.backtest.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _script() -> str:
    parts = "".join(_static(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@cache
def _static(name: str) -> str:
    return (files("fluxherod.backtest.page") / "static" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
