import { Verdict } from "@api/common_pb";
import { CorrelationSchema, RiskCheckSchema, RiskLimitsSchema, RiskSchema } from "@api/risk_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { tilesOf } from "@/views/live/model";
import { bareOf, limitsOf, matrixOf, scaleOf } from "./model";

const { PASSED, FAILED, NOT_APPLICABLE } = Verdict;
const check = (code: string, verdict: Verdict, limit?: number, actual?: number) =>
  create(RiskCheckSchema, {
    code,
    verdict,
    text: "why",
    ...(limit === undefined ? {} : { limit }),
    ...(actual === undefined ? {} : { actual }),
    ...(limit === undefined || actual === undefined ? {} : { headroom: limit - actual }),
  });

describe("limits", () => {
  const shown = limitsOf(
    create(RiskSchema, {
      usage: [
        check("exposure", PASSED, 50_000, 12_345.6),
        check("open_positions", PASSED, 5, 4),
        check("warning_drawdown", FAILED, 15, 15.5),
        check("daily_loss", NOT_APPLICABLE, 0),
        check("position_value", FAILED, 20_000),
      ],
    }),
  );
  it("are given in the unit of each, with what is left", () => {
    expect(shown.map(({ used, left }) => [used, left])).toEqual([
      ["$12,346 of $50,000", "$37,654"],
      ["4 of 5", "1"],
      ["15.50% of 15.00%", "−0.50%"],
      ["–", "–"],
      ["–", "–"],
    ]);
  });
  it("say by a mark what their colour says, and a figure that is not known has failed", () => {
    expect(shown.map(({ tone, mark, part }) => [tone, mark, part !== undefined])).toEqual([
      ["accent", "✓", true],
      ["warn", "!", true],
      ["bad", "✗", true],
      ["dim", "–", false],
      ["bad", "✗", false],
    ]);
  });
});

describe("the drawdown", () => {
  const limits = create(RiskLimitsSchema, { warningDrawdownBp: 1_500, criticalDrawdownBp: 2_000 });
  it("stands on a scale that ends where trading does", () => {
    const tones = [5, 15, 20].map((drawdownPct) => scaleOf(create(RiskSchema, { limits, drawdownPct })));
    expect(tones.map((scale) => [scale?.part, scale?.tone])).toEqual([
      [0.25, "good"],
      [0.75, "warn"],
      [1, "bad"],
    ]);
    expect(tones[0]).toMatchObject({ warning: 0.75, reduced: "15%", disabled: "20%" });
  });
  it("has its meter on the live view, too", () => {
    const risk = create(RiskSchema, { usage: [check("critical_drawdown", PASSED, 20, 5)] });
    expect(tilesOf(undefined, risk).find((tile) => tile.title === "Drawdown")?.used).toBe(0.25);
  });
});

describe("correlations", () => {
  it("are a square; what is over the limit or not known is marked", () => {
    const pair = (symbol: string, otherSymbol: string, rho?: number) =>
      create(CorrelationSchema, { symbol, otherSymbol, ...(rho === undefined ? {} : { rho }) });
    const { symbols, rows } = matrixOf([pair("B", "A", -0.8), pair("C", "A"), pair("B", "C", 0.3)], 0.7);
    expect(symbols).toEqual(["A", "B", "C"]);
    expect(rows.map((row) => row.map((cell) => cell.text))).toEqual([
      ["1", "−0.80 !", "? !"],
      ["−0.80 !", "1", "0.30"],
      ["? !", "0.30", "1"],
    ]);
  });
});

describe("what stands unprotected", () => {
  it("is told in shares and in share-seconds", () => {
    expect(bareOf(create(RiskSchema, { unprotectedShares: 120n, unprotectedShareSeconds: 1234.4 }))).toBe(
      "120 shares now ✗, 1,234 share-seconds in this session",
    );
  });
});
