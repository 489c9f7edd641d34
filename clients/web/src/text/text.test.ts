import { TradingMode } from "@api/system_pb";
import { describe, expect, it } from "vitest";
import { compact, figure, gainPercent, percent, plural, price, whole } from "./figures";
import { dollars, gain, money, signOf, toneOf } from "./money";
import { clockOrDay, dateAndMinute, dayAndMinute, millis, span } from "./times";
import { modeWord } from "./words";

const stamp = (seconds: number, nanos = 0) => ({
  $typeName: "google.protobuf.Timestamp" as const,
  seconds: BigInt(seconds),
  nanos,
});

describe("money", () => {
  it("is the daemon's own text, grouped", () => {
    expect(money("1234567.50")).toBe("1,234,567.50");
    expect(money("-978.7525")).toBe("−978.7525");
    expect(money("123456789012345678.01")).toBe("123,456,789,012,345,678.01");
  });
  it("is a dash when it is not known", () => {
    expect([money(undefined), money(""), dollars(undefined), gain(undefined)]).toEqual(["–", "–", "–", "–"]);
  });
  it("of a gain is always signed, and nothing gained has no sign", () => {
    expect([gain("12.00"), gain("-12.00"), gain("0.00")]).toEqual(["+$12.00", "−$12.00", "$0.00"]);
  });
  it("of a loss that is zero has no tone", () => {
    expect([signOf("-0.00"), toneOf("-0.01"), toneOf("0.01"), toneOf(-0)]).toEqual([0, "bad", "good", ""]);
  });
});

describe("figures", () => {
  it("have the digits that mean something", () => {
    expect([price(451.256), price(0.12345), price(0)]).toEqual(["451.26", "0.1235", "0.00"]);
    expect([compact(950), compact(12_345), compact(4_960_000n)]).toEqual(["950", "12.3k", "4.96M"]);
    expect([figure(1234.5, 1), whole(12_345n), plural(1, "order"), plural(2n, "order")]).toEqual([
      "1,234.5",
      "12,345",
      "1 order",
      "2 orders",
    ]);
  });
  it("in percent are signed where they are gains", () => {
    expect([percent(12.345), gainPercent(1.5), gainPercent(-1.5), gainPercent(0.001)]).toEqual([
      "12.35%",
      "+1.50%",
      "−1.50%",
      "0.00%",
    ]);
  });
  it("that are no numbers are dashes", () => {
    expect([price(undefined), percent(Number.NaN), figure(Number.POSITIVE_INFINITY)]).toEqual(["–", "–", "–"]);
  });
});

describe("what is traded with", () => {
  it("is never taken for play when it is not known", () => {
    const words = [TradingMode.PAPER, TradingMode.UNSPECIFIED, 9 as TradingMode].map((mode) => modeWord(mode).text);
    expect(words).toEqual(["PAPER", "UNKNOWN MODE", "UNKNOWN MODE"]);
  });
});

describe("times", () => {
  it("are New York's", () => {
    expect(dayAndMinute(stamp(1_200_321_000))).toBe("Jan 14 09:30");
    expect(dayAndMinute(stamp(1_215_005_400))).toBe("Jul 02 09:30");
  });
  it("have their year where a list reaches over years", () => {
    expect(dateAndMinute(stamp(1_200_321_000))).toBe("2008-01-14 09:30");
  });
  it("of another day say so", () => {
    const told = (seconds: number) => clockOrDay(seconds * 1000, 1_200_330_000_000);
    expect([told(1_200_321_000), told(1_200_234_600), told(0)]).toEqual(["09:30:00", "Jan 13 09:30", "–"]);
  });
  it("keep their milliseconds", () => {
    expect(millis(stamp(1, 999_999_999))).toBe(1_999);
    expect(millis(undefined)).toBeUndefined();
  });
  it("that have passed are told by their two largest units", () => {
    const told = [0.44, 12.9, 185, 7_800, 356_400, undefined].map(span);
    expect(told).toEqual(["0.4s", "12s", "3m05s", "2h10m", "4d03h", "–"]);
  });
});
