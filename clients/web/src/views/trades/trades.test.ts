import { StrategyMode } from "@api/common_pb";
import { GetStatisticsResponseSchema, TradeSchema, TradeStatisticsSchema } from "@api/trade_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { figuresOf, groupsOf, heldOf, requestOf, startOf } from "./model";

const iso = (date: string, days = 0) => new Date(Number(startOf(date, days)?.seconds) * 1000).toISOString();

describe("a day", () => {
  it("begins at New York's midnight, in winter, in summer, and when the clocks change", () => {
    expect(iso("2008-01-15")).toBe("2008-01-15T05:00:00.000Z");
    expect(iso("2008-07-15")).toBe("2008-07-15T04:00:00.000Z");
    expect(iso("2008-03-09")).toBe("2008-03-09T05:00:00.000Z");
    expect(iso("2008-03-09", 1)).toBe("2008-03-10T04:00:00.000Z");
    expect(iso("2008-11-02", 1)).toBe("2008-11-03T05:00:00.000Z");
  });
  it("that was not chosen leaves it open", () => {
    expect(startOf("")).toBeUndefined();
    expect(requestOf({ symbol: "", mode: "", from: "", to: "" })).toEqual({ symbols: [], modes: [] });
  });
  it("that is the last one counts", () => {
    const { symbols, modes, startTime, endTime } = requestOf({
      symbol: "IBM",
      mode: String(StrategyMode.MANUAL),
      from: "2008-01-15",
      to: "2008-01-15",
    });
    expect([symbols, modes]).toEqual([["IBM"], [StrategyMode.MANUAL]]);
    expect(Number(endTime?.seconds) - Number(startTime?.seconds)).toBe(86_400);
  });
});

describe("a trade", () => {
  it("that is open is held until now, one that was closed as long as the daemon says", () => {
    const trade = { openedAt: { seconds: 100n }, holdingTime: { seconds: 5n } };
    const closed = { ...trade, closedAt: { seconds: 105n } };
    const held = [trade, closed].map((one) => heldOf(create(TradeSchema, one), 165_000));
    expect(held).toEqual(["1m05s", "5.0s"]);
  });
});

describe("statistics", () => {
  it("are dashes without a trade", () => {
    const shown = figuresOf(create(TradeStatisticsSchema, { netPnl: "0.00" }));
    expect(shown.map((one) => one.value)).toEqual(["$0.00", "–", "–", "–", "–", "–", "–"]);
  });
  it("are grouped by what has traded", () => {
    const statistics = { trades: 2n, netPnl: "1.00" };
    const answer = create(GetStatisticsResponseSchema, {
      byMode: [
        { mode: StrategyMode.TREND, statistics },
        { mode: StrategyMode.MANUAL, statistics: { trades: 0n } },
      ],
      bySymbol: [{ symbol: "IBM", statistics }],
    });
    expect(groupsOf(answer).map((one) => one.name)).toEqual(["trend", "IBM"]);
  });
});
