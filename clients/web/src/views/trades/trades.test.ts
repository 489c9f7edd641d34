import { StrategyMode } from "@api/common_pb";
import { GetStatisticsResponseSchema, TradeSchema, TradeState, TradeStatisticsSchema } from "@api/trade_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Ask } from "@/ui/paged";
import { figuresOf, groupsOf, heldOf, linesOf, openedOf, pageOf, requestOf, startOf } from "./model";

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

describe("trades of some days", () => {
  const request = requestOf({ symbol: "IBM", mode: "", from: "2008-01-15", to: "2008-01-16" });
  const begin = Number(request.startTime?.seconds);
  const trade = (id: string, openedS: number, closedS?: number) =>
    create(TradeSchema, {
      id,
      openedAt: { seconds: BigInt(openedS) },
      ...(closedS === undefined ? {} : { closedAt: { seconds: BigInt(closedS) } }),
    });
  const all = [
    trade("open", begin + 300),
    trade("closed later", begin + 200, begin + 2 * 86_400),
    trade("within", begin + 100, begin + 86_400),
    trade("opened before", begin - 9 * 86_400, begin),
    trade("closed before", begin - 10 * 86_400, begin - 1),
  ];
  const asked: Ask[] = [];
  const ask = async (page: Ask) => {
    asked.push(page);
    const from = Number(page.pageToken || 0);
    const to = from + page.pageSize;
    return { items: all.slice(from, to), next: to < all.length ? String(to) : "" };
  };
  const ids = (page: { items: readonly { id: string }[] }) => page.items.map((one) => one.id);

  it("are those closed in them, as the figures above them count, whenever they were opened", async () => {
    expect(openedOf(request)).toEqual({
      symbols: ["IBM"],
      modes: [],
      state: TradeState.CLOSED,
      endTime: request.endTime,
    });
    expect(ids(await pageOf(request, { pageSize: 1, pageToken: "" }, ask))).toEqual(["within", "opened before"]);
    expect(asked.map((one) => one.pageToken)).toEqual(["", "1"]);
  });
  it("are all, open ones too, while no day is chosen", async () => {
    const any = requestOf({ symbol: "", mode: "", from: "", to: "" });
    expect(openedOf(any)).toEqual({ symbols: [], modes: [] });
    const first = await pageOf(any, { pageSize: 2, pageToken: "" }, ask);
    expect([ids(first), first.next]).toEqual([["open", "closed later"], "2"]);
  });
  it("are looked for with an end, and more of them offered", async () => {
    const none = async ({ pageToken }: Ask) => ({ items: [], next: `${pageToken}x` });
    expect(await pageOf(request, { pageSize: 1, pageToken: "" }, none)).toEqual({ items: [], next: "x".repeat(10) });
  });
  it("are those in the file, too, whatever their reasons have in them", () => {
    const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace("Z", "000000Z");
    const line = (reason: string, closed: string) => `t1,${reason},${time(begin)},${closed},5\r\n`;
    const head = "id,signal_reason,opened_at,closed_at,shares\r\n";
    const kept = line('"a ""b"", c\r\nd"', time(begin + 86_400));
    const file = head + kept + line('"e, f"', "") + line("g", time(begin - 1)) + line("h", time(begin + 2 * 86_400));
    expect(linesOf(request, file)).toBe(head + kept);
    expect(linesOf(requestOf({ symbol: "", mode: "", from: "", to: "" }), file)).toBe(file);
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
