// Everything about one decision: words, rules, what was missing, what risk said, what followed, the indicators.
import type { Rule, Signal, SmallestChange } from "@api/signal_pb";
import { Decision, Mark } from "@/decision/decision";
import { balanceOf, spoken } from "@/decision/model";
import { hrefOf } from "@/shell/route";
import { sized, whole } from "@/text/figures";
import { dollars } from "@/text/money";
import { clock } from "@/text/times";
import { sideWord, signalWord, strategyWord, verdictWord } from "@/text/words";
import { indicatorsOf, linesOf, outcomeTone } from "./model";

interface Props {
  signal: Signal;
  whyNot?: string;
  changes?: readonly SmallestChange[];
}

export function Explanation({ signal, whyNot = "", changes = [] }: Props) {
  const [first, others] = linesOf(signal);
  const said = [signal.outcomeText, whyNot].find((text) => text && !signal.text.includes(text));
  return (
    <div class="reading">
      {first && <p class="strong">{first}</p>}
      {others.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {said && <p class={outcomeTone(signal)}>{said}</p>}
      <Rules of={signal.rules} />
      <Changes of={changes} />
      {signal.risk && <h3>Risk</h3>}
      {signal.risk && <Decision of={signal.risk} />}
      <Followed of={signal} />
      <Indicators of={signal} />
    </div>
  );
}

function Rules({ of }: { of: readonly Rule[] }) {
  if (!of.length) return null;
  return (
    <>
      <h3>Rules</h3>
      <table class="table rules" aria-label="Rules">
        <thead>
          <tr>
            <th scope="col">
              <span>Rule</span>
            </th>
            <th scope="col" class="right">
              <span>Value</span>
            </th>
            <th scope="col" class="right">
              <span>Threshold</span>
            </th>
            <th scope="col">
              <span>Distance</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((rule) => (
            <tr key={rule.name}>
              <td class="grow">
                <Mark of={rule.verdict} /> {spoken(rule.name)}
                <span class="dim text">{rule.text}</span>
              </td>
              <td class="right">{rule.value === undefined ? "" : sized(rule.value)}</td>
              <td class="right dim">
                {rule.threshold === undefined ? "" : `${rule.comparison} ${sized(rule.threshold)}`}
              </td>
              <td>
                <Balance of={rule} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** A bar from the middle: to the right for what is beyond the threshold, to the left for what is short of it. */
function Balance({ of }: { of: Rule }) {
  const part = balanceOf(of);
  if (part === undefined) return null;
  const wide = Math.max(Math.abs(part) * 50, 1);
  const style = { width: `${wide}%`, left: `${part < 0 ? 50 - wide : 50}%` };
  return (
    <span class="balance" title={`${sized(of.distance)} ${part < 0 ? "short" : "beyond"}`}>
      <span class={verdictWord(of.verdict).tone} style={style} />
    </span>
  );
}

function Changes({ of }: { of: readonly SmallestChange[] }) {
  if (!of.length) return null;
  return (
    <>
      <h3>What would have made a signal</h3>
      {of.map((one) => (
        <p key={`${one.kind} ${one.mode}`}>
          <strong>
            {signalWord(one.kind).text}, {strategyWord(one.mode).text}:
          </strong>{" "}
          {one.text}
        </p>
      ))}
    </>
  );
}

function Followed({ of }: { of: Signal }) {
  if (!of.orderIds.length && !of.fills.length) return null;
  return (
    <>
      <h3>What followed</h3>
      {of.orderIds.map((id) => (
        <p key={id}>
          <a href={hrefOf("orders", id)}>order {id}</a>
        </p>
      ))}
      {of.fills.map((fill, number) => (
        <p key={fill.executionId || number}>
          <span class="dim">{clock(fill.time)}</span> {sideWord(fill.side).text} {whole(fill.quantity)} at{" "}
          {dollars(fill.price)}
        </p>
      ))}
      {of.tradeId && (
        <p>
          <a href={hrefOf("trades", of.tradeId)}>trade {of.tradeId}</a>
        </p>
      )}
    </>
  );
}

function Indicators({ of }: { of: Signal }) {
  const known = indicatorsOf(of.indicators);
  if (!known.length) return null;
  return (
    <>
      <h3>Indicators</h3>
      <dl class="figures">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
