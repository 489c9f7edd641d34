"""The screens, one module each, in the order of their keys."""

from __future__ import annotations

from fluxhero_tui.views.backtest import BacktestView
from fluxhero_tui.views.chart import ChartView
from fluxhero_tui.views.dashboard import Dashboard
from fluxhero_tui.views.log import Log
from fluxhero_tui.views.orders import Orders
from fluxhero_tui.views.positions import Positions
from fluxhero_tui.views.risk import Risk
from fluxhero_tui.views.signals import Signals
from fluxhero_tui.views.view import View

VIEWS: tuple[type[View], ...] = (Dashboard, ChartView, Positions, Orders, Signals, Risk, BacktestView, Log)
