// Rules, checks and the sizing waterfall, as plain values: why something was done, or was not.
import { Verdict } from "@api/common_pb";
import type { SizingStep } from "@api/risk_pb";
import type { Rule } from "@api/signal_pb";
import { whole } from "@/text/figures";

/** A stable name of the daemon's as people read it. */
export const spoken = (name: string): string => name.replaceAll("_", " ");

/** `✓`, `✗`, `·`: an outcome at a glance. */
export const markOf = (verdict: Verdict): string =>
  verdict === Verdict.PASSED ? "✓" : verdict === Verdict.FAILED ? "✗" : "·";

/** How far a value is beyond (up to 1) or short of (down to -1) its threshold, in shares of the larger of both. */
export function balanceOf(rule: Rule): number | undefined {
  if (rule.distance === undefined) return undefined;
  const scale = Math.max(Math.abs(rule.threshold ?? 0), Math.abs(rule.value ?? 0), 1e-12);
  return Math.max(-1, Math.min(1, rule.distance / scale));
}

export interface Fall {
  readonly name: string;
  readonly shares: string;
  /** How many the step took; empty when none. */
  readonly cut: string;
  /** What is left and what was taken, of the largest of all steps, 0 to 1. */
  readonly left: number;
  readonly taken: number;
  readonly text: string;
}

/** From the shares that the risk budget allows, or that were asked for, to those that every limit allows. */
export function fallsOf(steps: readonly SizingStep[]): Fall[] {
  const most = Math.max(1, ...steps.map((step) => Number(step.before)));
  return steps.map((step) => {
    const taken = step.before - step.after;
    return {
      name: spoken(step.name),
      shares: whole(step.after),
      cut: taken > 0n ? `−${whole(taken)}` : "",
      left: Number(step.after) / most,
      taken: Number(taken) / most,
      text: step.text,
    };
  });
}
