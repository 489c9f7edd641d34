// What the risk engine said to an order: its answer, the waterfall, every check.
import type { Verdict } from "@api/common_pb";
import type { RiskCheck, RiskDecision, SizingStep } from "@api/risk_pb";
import { plural } from "@/text/figures";
import { riskWord, verdictWord } from "@/text/words";
import { Badge } from "@/ui/parts";
import { fallsOf, markOf, spoken } from "./model";

export function Decision({ of }: { of: RiskDecision }) {
  const word = riskWord(of.verdict);
  return (
    <>
      <p class="answer">
        <Badge word={word} /> <strong>{plural(of.quantity, "share")}</strong>
      </p>
      {of.reason && <p class={word.tone}>{of.reason}</p>}
      <Waterfall of={of.sizing} />
      <Checks of={of.checks} />
    </>
  );
}

/** An outcome as a mark, and as a word for those who don't see it. */
export function Mark({ of }: { of: Verdict }) {
  const word = verdictWord(of);
  return (
    <span class={`mark ${word.tone}`} role="img" aria-label={word.text}>
      {markOf(of)}
    </span>
  );
}

const width = (part: number) => ({ width: `${Math.round(part * 1000) / 10}%` });

function Waterfall({ of }: { of: readonly SizingStep[] }) {
  if (!of.length) return null;
  return (
    <>
      <h3>Size, step by step</h3>
      <ol class="falls">
        {fallsOf(of).map((fall) => (
          <li key={fall.name} title={fall.text}>
            <span>{fall.name}</span>
            <span class="bars" aria-hidden="true">
              <span class="left" style={width(fall.left)} />
              <span class="taken" style={width(fall.taken)} />
            </span>
            <strong>{fall.shares}</strong>
            <span class="warn">{fall.cut}</span>
            <span class="dim">{fall.text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Checks({ of }: { of: readonly RiskCheck[] }) {
  if (!of.length) return null;
  return (
    <>
      <h3>Checks</h3>
      <ul class="checks">
        {of.map((check) => (
          <li key={check.code}>
            <Mark of={check.verdict} />
            <span>{spoken(check.code)}</span>
            <span class="dim">{check.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
