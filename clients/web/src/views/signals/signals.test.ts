import { StrategyMode } from "@api/common_pb";
import { IndicatorsSchema } from "@api/market_pb";
import { type Signal, SignalKind, SignalSchema } from "@api/signal_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { becameWord, indicatorsOf, linesOf, merged, modeOf, outcomeTone, pointsUp } from "./model";

const signal = (more: Partial<Signal>) => create(SignalSchema, more as Signal);
const at = (seconds: number) => ({ seconds: BigInt(seconds), nanos: 0 }) as Signal["decidedAt"];

describe("signals", () => {
  it("are told once, as the stream tells them, the newest first", () => {
    const told = [signal({ id: "b", decidedAt: at(2), outcome: "ordered" })];
    const listed = [signal({ id: "b", decidedAt: at(2) }), signal({ id: "a", decidedAt: at(1) })];
    const both = merged(told, [...listed, signal({ id: "c", decidedAt: at(3) })]);
    expect(both.map((one) => one.id + one.outcome)).toEqual(["c", "bordered", "a"]);
  });
  it("say what became of them", () => {
    expect(becameWord(signal({ outcome: "ordered" }))).toEqual({ text: "✓ ordered", tone: "accent" });
    expect(becameWord(signal({ outcome: "in_position" }))).toEqual({ text: "· in position", tone: "dim" });
    expect(outcomeTone(signal({ outcome: "noise", kind: SignalKind.LONG }))).toBe("warn");
  });
  it("of half size are marked", () => {
    expect(modeOf(signal({ mode: StrategyMode.TREND, neutral: true }))).toBe("trend ½");
  });
  it("point up when they buy", () => {
    const kinds = [SignalKind.LONG, SignalKind.SHORT, SignalKind.EXIT_LONG, SignalKind.EXIT_SHORT];
    expect(kinds.map((kind) => pointsUp(signal({ kind })))).toEqual([true, false, false, true]);
  });
  it("show the indicators that are known, in words", () => {
    const known = create(IndicatorsSchema, {
      close: 98.31,
      kama: 99.168,
      averageVolume: 1563750.25,
      rSquared: 0.45697,
    });
    expect(indicatorsOf(known)).toEqual([
      ["close", "98.31"],
      ["KAMA", "99.17"],
      ["R²", "0.4570"],
      ["average volume", "1,563,750"],
    ]);
    expect(indicatorsOf(undefined)).toEqual([]);
  });
  it("have a first line; an exit without a text its trigger", () => {
    expect(linesOf(signal({ text: "SHORT IBM\nReason: it fell" }))).toEqual(["SHORT IBM", ["Reason: it fell"]]);
    expect(linesOf(signal({ entryTrigger: "trailing stop" }))).toEqual(["trailing stop", []]);
  });
});
