import { BarSchema, IndicatorsSchema } from "@api/market_pb";
import { OrderSchema } from "@api/order_pb";
import { SignalKind, SignalSchema } from "@api/signal_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { extended, fillMarks, KEPT, line, newestOf, signalMarks, stepsOf } from "./model";

const at = (seconds: number) => ({ seconds: BigInt(seconds), nanos: 0 });
const bar = (hour: number) =>
  create(BarSchema, { startTime: at(hour * 3600), endTime: at(hour * 3600 + 3600), close: hour });
const known = (hour: number, kama?: number) =>
  create(IndicatorsSchema, { barStartTime: at(hour * 3600), ...(kama === undefined ? {} : { kama }) });

describe("the steps of a chart", () => {
  const steps = stepsOf([bar(3), bar(1), bar(2), bar(2)], [known(2, 20), known(3)]);
  it("are in order, each time once", () => {
    expect(steps.map((step) => step.bar.close)).toEqual([1, 2, 3]);
  });
  it("leave gaps where an indicator is not known", () => {
    expect(line(steps, "kama")).toEqual([{ time: 3600 }, { time: 7200, value: 20 }, { time: 10800 }]);
  });
  it("grow by completed bars, and take up their indicators when they come", () => {
    const longer = extended(steps, bar(4), known(3));
    expect([longer.length, longer.at(-1)?.known]).toEqual([4, undefined]);
    const explained = extended(longer, bar(4), known(4, 40));
    expect([explained.length, explained.at(-1)?.known?.kama]).toEqual([4, 40]);
    expect(extended(explained, bar(4), known(4, 40))).toBe(explained);
    expect(extended(explained, bar(2), known(2))).toBe(explained);
  });
  it("are bounded", () => {
    const many = stepsOf(
      Array.from({ length: KEPT }, (_, hour) => bar(hour)),
      [],
    );
    expect(extended(many, bar(KEPT), undefined)).toHaveLength(KEPT);
  });
});

describe("marks", () => {
  const steps = stepsOf([bar(1), bar(2)], []);
  it("stand at the bar that decided a signal, dim when it was vetoed", () => {
    const signals = [
      create(SignalSchema, { kind: SignalKind.SHORT, outcome: "noise", barStartTime: at(7200) }),
      create(SignalSchema, { kind: SignalKind.LONG, outcome: "ordered", barStartTime: at(3600) }),
      create(SignalSchema, { kind: SignalKind.LONG, outcome: "ordered", barStartTime: at(36_000) }),
    ];
    expect(signalMarks(steps, signals).map(({ time, shape, tone }) => [time, shape, tone])).toEqual([
      [3600, "arrowUp", "up"],
      [7200, "arrowDown", "dim"],
    ]);
  });
  it("of fills are there for orders of before the page, and once, as the stream tells of them since", () => {
    const filled = (id: string, price: string, second: number) =>
      create(OrderSchema, { id, averageFillPrice: price, updatedAt: at(second) });
    const asked = [filled("before", "1.00", 4000), filled("both", "2.00", 4000)];
    const orders = newestOf(asked, [filled("both", "2.50", 7300), filled("since", "3.00", 7300)]);
    expect(fillMarks(steps, orders).map(({ time, text }) => [time, text])).toEqual([
      [3600, "1.00"],
      [7200, "2.50"],
      [7200, "3.00"],
    ]);
  });
  it("of fills stand in the bar of the fill, or behind the last one", () => {
    const fills = [4000, 7200, 99_999, 10].map((second) =>
      create(OrderSchema, { averageFillPrice: "1.00", updatedAt: at(second) }),
    );
    expect(fillMarks(steps, fills).map((mark) => mark.time)).toEqual([3600, 3600, 7200]);
  });
});
