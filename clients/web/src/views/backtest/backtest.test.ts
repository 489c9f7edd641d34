import {
  BacktestKind,
  BacktestMetricsSchema,
  BacktestSchema,
  BacktestState,
  BarSource,
  GetBacktestResponseSchema,
} from "@api/backtest_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { configOf, defaultForm, figuresOf, goesOn, linesOf, pointsOf, progressOf, titleOf, wrongOf } from "./model";

const JANUARY_2008 = Date.UTC(2008, 0, 14, 15);

describe("the form", () => {
  const form = defaultForm(["D", "B", "E", "A", "C"], JANUARY_2008);
  it("begins with four of the daemon's symbols, from the year before on", () => {
    expect(configOf(form)).toMatchObject({
      symbols: ["A", "B", "C", "D"],
      startTime: { seconds: BigInt(Date.UTC(2007, 0, 1, 5) / 1000) },
      initialEquity: "100000",
      source: BarSource.HISTORY,
    });
    expect(configOf(form).endTime).toBeUndefined();
  });
  it("takes symbols and dollars as people write them", () => {
    const typed = { ...form, symbols: "spy, qqq  brk.b", equity: "$25,000.50", end: "2007-06-30", name: " a try " };
    expect(configOf(typed)).toMatchObject({
      symbols: ["SPY", "QQQ", "BRK.B"],
      initialEquity: "25000.50",
      endTime: { seconds: BigInt(Date.UTC(2007, 5, 30, 5) / 1000) },
      name: "a try",
    });
  });
  it("leaves dollars that can't be read to the daemon, which refuses them", () => {
    const sent = ["25.000,50", "44,10", "1e5", ""].map((equity) => configOf({ ...form, equity }).initialEquity);
    expect(sent).toEqual(["25.000,50", "44,10", "1e5", ""]);
  });
  it("shows what the daemon refuses beside the field", () => {
    const fields = { "config.symbols[1]": "unknown", "config.start_time": "after the end", "config.name": "too long" };
    expect(wrongOf(fields)).toEqual({ symbols: "unknown", start: "after the end", name: "too long" });
  });
});

describe("a run", () => {
  const run = create(BacktestSchema, {
    id: "b1",
    kind: BacktestKind.SWEEP,
    config: { symbols: ["SPY", "QQQ"] },
    progress: {
      state: BacktestState.RUNNING,
      done: 50n,
      total: 1200n,
      text: "bars",
      elapsed: { seconds: 3n },
      remaining: { seconds: 70n },
    },
  });
  it("is named by what it runs on, and tells how far it has come", () => {
    expect(titleOf(run)).toBe("SPY QQQ, sweep");
    expect(progressOf(run)).toBe("50 of 1,200 · bars · 3.0s · 1m10s left");
    expect(goesOn(run)).toBe(true);
    expect(goesOn(create(BacktestSchema, { progress: { state: BacktestState.CANCELED } }))).toBe(false);
  });
});

describe("a result", () => {
  it("shows a dash for what is not defined, and no more than cents of averages", () => {
    const trades = { trades: 1n, netPnl: "-5.00", averageLoss: "5.001234", expectancy: "-5.0099" };
    const figures = figuresOf(
      create(BacktestMetricsSchema, { finalEquity: "99995.00", totalReturnPct: -0.005, trades }),
    );
    const shown = Object.fromEntries(figures.map((one) => [one.name, one.value]));
    expect(shown).toMatchObject({
      "Final equity": "$99,995.00",
      "Sharpe (4%)": "–",
      "Win rate": "–",
      "Net P&L": "−$5.00",
    });
    expect([shown["Average loss"], shown.Expectancy]).toEqual(["$5.00", "−$5.01"]);
  });
  it("of a single run has a curve and checks, that of a walk-forward a verdict", () => {
    const single = create(GetBacktestResponseSchema, {
      result: {
        case: "single",
        value: {
          equityCurve: [{ time: { seconds: 60n }, equity: "100.00", drawdownPct: 1.5 }],
          checks: [{ name: "look_ahead", passed: false, text: "it looks ahead" }],
          luck: { text: "too little" },
        },
      },
    });
    expect(pointsOf(single)).toEqual([{ timeMs: 60_000, equity: "100.00", drawdownPct: 1.5 }]);
    expect(linesOf(single)).toEqual([
      { passed: false, text: "look ahead: it looks ahead" },
      { passed: undefined, text: "Luck: too little" },
    ]);
    const walked = create(GetBacktestResponseSchema, { result: { case: "walkForward", value: { text: "it passed" } } });
    expect([pointsOf(walked), linesOf(walked)]).toEqual([[], [{ passed: undefined, text: "it passed" }]]);
    expect(linesOf(create(GetBacktestResponseSchema))).toEqual([]);
  });
});
