// The views, in the order of the navigation and of their keys 1 to 8.
import { backtest } from "./backtest/backtest";
import { chart } from "./chart/chart";
import { live } from "./live/live";
import { orders } from "./orders/orders";
import { risk } from "./risk/risk";
import { signals } from "./signals/signals";
import { system } from "./system/system";
import { trades } from "./trades/trades";
import type { View } from "./view";

export const VIEWS: readonly View[] = [live, chart, signals, orders, trades, risk, backtest, system];
