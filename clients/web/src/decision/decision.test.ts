import { Verdict } from "@api/common_pb";
import { SizingStepSchema } from "@api/risk_pb";
import { RuleSchema } from "@api/signal_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { balanceOf, fallsOf, markOf, spoken } from "./model";

describe("a rule's distance", () => {
  const rule = (value: number, threshold: number, distance: number) =>
    create(RuleSchema, { value, threshold, distance });
  it("is drawn in shares of the larger of value and threshold, to the right beyond it, to the left short of it", () => {
    expect(balanceOf(rule(300, 15, 285))).toBe(0.95);
    expect(balanceOf(rule(50, 100, -50))).toBe(-0.5);
    expect(balanceOf(rule(0, 15, -15))).toBe(-1);
    expect(balanceOf(rule(0, 0, 0))).toBe(0);
  });
  it("is not drawn where it is not known", () => expect(balanceOf(create(RuleSchema, {}))).toBeUndefined());
});

describe("the waterfall", () => {
  const step = (name: string, before: number, after: number) =>
    create(SizingStepSchema, { name, before: BigInt(before), after: BigInt(after) });
  it("shows what each step leaves and takes, of the most that was ever wanted", () => {
    const falls = fallsOf([step("wanted", 5000, 5000), step("risk_per_trade", 5000, 200), step("exposure", 200, 0)]);
    expect(falls.map(({ name, shares, cut }) => [name, shares, cut])).toEqual([
      ["wanted", "5,000", ""],
      ["risk per trade", "200", "−4,800"],
      ["exposure", "0", "−200"],
    ]);
    expect(falls.map(({ left, taken }) => left + taken)).toEqual([1, 1, 0.04]);
  });
  it("of nothing at all is empty, and not broken", () => expect(fallsOf([step("wanted", 0, 0)])[0]?.left).toBe(0));
});

describe("outcomes and names", () => {
  it("have a mark each", () => {
    const verdicts = [Verdict.PASSED, Verdict.FAILED, Verdict.NOT_APPLICABLE];
    expect(verdicts.map(markOf).join("")).toBe("✓✗·");
  });
  it("are read as words", () => expect(spoken("price_beyond_entry_band")).toBe("price beyond entry band"));
});
