// The views, in the order of the navigation and of their keys 1 to 8.
import { backtest } from "./backtest/backtest";
import { chart } from "./chart/chart";
import { live } from "./live/live";
import { risk } from "./risk/risk";
import { system } from "./system/system";
import type { View } from "./view";

export const VIEWS: readonly View[] = [live, chart, risk, backtest, system];
