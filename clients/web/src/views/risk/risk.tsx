// Risk: every limit with what is left of it, the breaker, what positions may lose, and what stands unprotected.
import { Role } from "@api/access_pb";
import { PositionSide } from "@api/common_pb";
import type { PositionRisk, ReconciliationDifference, Risk, RiskReport, UnprotectedSpan } from "@api/risk_pb";
import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { askToReset, askToResume } from "@/actions/safety";
import { session } from "@/session/session";
import { figure, percent, plural, whole } from "@/text/figures";
import { dollars, money } from "@/text/money";
import { dayAndMinute } from "@/text/times";
import { breakerWord, lossEndOf, positionWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { nowMs } from "@/ui/now";
import { Badge, Direction, Empty, Facts, Gain, GainPercent, Loading, Meter, Panel, SymbolLink } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import type { View } from "@/views/view";
import { bareOf, type Limit, limitsOf, matrixOf, type Scale, scaleOf, spanOf, spansOf } from "./model";

const { store } = session;
const REPORT_EVERY_MS = 5_000;

const LIMITS: readonly Column<Limit>[] = [
  { title: "Limit", cell: (one) => <span class="strong">{one.name}</span> },
  {
    title: "Meter",
    untitled: true,
    cell: (one) => one.part !== undefined && <Meter part={one.part} tone={one.tone} />,
  },
  {
    title: "Used",
    right: true,
    cell: (one) => <span class={one.tone}>{`${one.mark} ${percent(one.part && one.part * 100, 0)}`}</span>,
  },
  { title: "Of the limit", right: true, cell: (one) => (one.part === undefined ? one.text : one.used) },
  { title: "Left", right: true, cell: (one) => <span class={one.tone === "bad" ? "bad" : ""}>{one.left}</span> },
];
const POSITIONS: readonly Column<PositionRisk>[] = [
  { title: "Symbol", cell: (one) => <SymbolLink of={one.symbol} />, sort: (one) => one.symbol },
  { title: "Side", cell: (one) => <Direction word={positionWord(one.side)} up={one.side === PositionSide.LONG} /> },
  { title: "Shares", right: true, cell: (one) => whole(one.quantity), sort: (one) => Number(one.quantity) },
  { title: "Value", right: true, cell: (one) => money(one.value), sort: (one) => Number(one.value) },
  { title: "Of equity", right: true, cell: (one) => percent(one.valuePct, 1), sort: (one) => one.valuePct },
  { title: "Entry to stop", right: true, from: 900, cell: (one) => dollars(one.riskAtStop) },
  { title: "Price to stop", right: true, cell: (one) => dollars(one.lossToStop) },
];
const SPANS: readonly Column<UnprotectedSpan>[] = [
  { title: "Symbol", cell: (one) => <SymbolLink of={one.symbol} /> },
  { title: "Shares", right: true, cell: (one) => whole(one.shares) },
  { title: "When", cell: spanOf },
  { title: "Share-seconds", right: true, cell: (one) => figure(one.shareSeconds, 0) },
  { title: "Why", grow: true, cell: (one) => one.cause },
];
const DIFFERENCES: readonly Column<ReconciliationDifference>[] = [
  { title: "What", cell: (one) => <span class="symbol">{one.subject}</span> },
  { title: "Ours", cell: (one) => one.ours },
  { title: "The broker's", cell: (one) => one.theirs },
  { title: "Seen", from: 900, cell: (one) => `${dayAndMinute(one.since)}${one.confirmed ? "" : ", not sure yet"}` },
  { title: "What is done", grow: true, cell: (one) => one.rule },
];

/** The report is asked for: with each whole state, each position that comes or goes, and every few seconds. */
const due = computed(() => Math.floor(nowMs.value / REPORT_EVERY_MS));
const live = computed(() => session.link.value.phase === "live");

function RiskScreen() {
  const asked = useAsked(async (stop) => {
    store.renewals.value;
    store.traded.value;
    if (live.value) due.value;
    return (await session.api.risk.getRiskReport({}, { signal: stop })).report;
  });
  const risk = store.risk.value;
  if (!risk) return <Loading what="the risk engine" />;
  return (
    <div class="view risk-view">
      <div class="columns">
        <Limits risk={risk} />
        <State risk={risk} />
      </div>
      {risk.differences.length > 0 && (
        <Panel title="Differences to the broker's books" count={risk.differences.length}>
          <ListTable label="Differences" columns={DIFFERENCES} list={risk.differences} id={(one) => one.subject} />
        </Panel>
      )}
      <Shown asked={asked} what="the risk report">
        {(report) => report && <Report of={report} limit={risk.limits?.correlationLimit ?? 0.7} />}
      </Shown>
    </div>
  );
}

function Limits({ risk }: { risk: Risk }) {
  const scale = scaleOf(risk);
  return (
    <Panel title="Limits" class="limits">
      {scale && <Drawdown of={scale} />}
      <ListTable label="Limits" columns={LIMITS} list={limitsOf(risk)} id={(one) => one.code} />
    </Panel>
  );
}

function Drawdown({ of }: { of: Scale }) {
  return (
    <div class="drawdown">
      <p>
        <span class="dim">Drawdown</span> <strong class={of.tone}>{of.now}</strong>{" "}
        <span class="dim">below the peak</span>
      </p>
      <div class="scale">
        <Meter part={of.part} tone={of.tone} />
        <span class="at" style={{ left: `${of.warning * 100}%` }} />
      </div>
      <p class="ends">
        <span>0%</span>
        <span class="reduced" style={{ left: `${of.warning * 100}%` }}>
          {of.reduced} reduced
        </span>
        <span>{of.disabled} disabled</span>
      </p>
    </div>
  );
}

function State({ risk }: { risk: Risk }) {
  // A drawdown that holds the breaker at reduced ends by itself, and by nothing else.
  const held = risk.breakerLatched || risk.dailyLossReached;
  const admin = session.may(Role.ADMIN);
  return (
    <Panel
      title="State"
      padded
      tools={
        admin && (
          <>
            {held && <Tool text="Reset the breaker" click={askToReset} />}
            {risk.halted && <Tool text="Resume trading" click={askToResume} />}
          </>
        )
      }
    >
      <Facts of={factsOf(risk)} />
    </Panel>
  );
}

const Tool = ({ text, click }: { text: string; click: () => void }) => (
  <button type="button" class="button small" onClick={click}>
    {text}
  </button>
);

type Fact = readonly [string, ComponentChildren];

function factsOf(risk: Risk): Fact[] {
  const bare = risk.unprotectedShares > 0n;
  const differences = risk.differences.length;
  return [
    ["Breaker", <Breaker key="breaker" of={risk} />],
    ["Kill switch", <KillSwitch key="switch" of={risk} />],
    [
      "Day P&L",
      <>
        <Gain amount={risk.dayPnl} /> <GainPercent value={risk.dayPnlPct} />
      </>,
    ],
    ["Equity", <Two key="equity" first={dollars(risk.equity)} then={`peak ${dollars(risk.peakEquity)}`} />],
    [
      "Exposure",
      <Two key="exposure" first={dollars(risk.exposure)} then={`${percent(risk.exposurePct, 1)} of equity`} />,
    ],
    ["At risk", <Two key="at" first={dollars(risk.riskDeployed)} then="if every stop is hit at its price" />],
    ["Unprotected", <span class={bare ? "bad" : "good"}>{bareOf(risk)}</span>],
    [
      "Books",
      <span class={differences ? "bad" : "good"}>
        {differences ? `✗ ${plural(differences, "difference")} to the broker's` : "✓ as the broker's"}
      </span>,
    ],
  ];
}

const Two = ({ first, then }: { first: string; then: string }) => (
  <>
    {first} <span class="dim">{then}</span>
  </>
);

function Breaker({ of }: { of: Risk }) {
  return (
    <>
      <Badge word={breakerWord(of.breaker)} />{" "}
      <span class="dim">
        size ×{of.sizeMultiplierBp / 10_000}
        {of.breakerChangedAt && `, since ${dayAndMinute(of.breakerChangedAt)}`}
      </span>
      {of.breakerLatched && <p class="warn">latched: until an admin resets it</p>}
      {of.breakerReason && <p class="warn">{of.breakerReason}</p>}
      {of.dailyLossReached && <p class="bad">daily loss reached: {lossEndOf(of)}</p>}
    </>
  );
}

function KillSwitch({ of }: { of: Risk }) {
  if (!of.halted) return <span class="good">off</span>;
  return (
    <>
      <Badge word={{ text: "HALTED", tone: "bad" }} />{" "}
      <span class="dim">
        since {dayAndMinute(of.haltedAt)} by {of.haltedBy || "the daemon"}
      </span>
      <p class="bad">{of.haltReason}</p>
    </>
  );
}

function Report({ of, limit }: { of: RiskReport; limit: number }) {
  const spans = spansOf(of);
  return (
    <>
      <div class="columns">
        <Panel title="What positions may lose" count={of.positions.length}>
          {of.positions.length ? (
            <ListTable
              label="What positions may lose"
              columns={POSITIONS}
              list={of.positions}
              id={(one) => one.symbol}
            />
          ) : (
            <Empty>No open position.</Empty>
          )}
          <p class="worst">
            <span class="dim">Worst case</span> <strong>{dollars(of.worstCaseEquity)}</strong>{" "}
            <span class="dim">
              equity if all stops are hit now; largest drawdown so far {percent(of.maxDrawdownPct)}
            </span>
          </p>
        </Panel>
        <Correlations of={of} limit={limit} />
      </div>
      {spans.length > 0 && (
        <Panel title="Without a stop at the broker, this session" count={spans.length} class="spans">
          <ListTable
            label="Without a stop"
            columns={SPANS}
            list={spans}
            id={(one) => `${one.symbol}${one.startTime?.seconds}.${one.startTime?.nanos}`}
          />
        </Panel>
      )}
    </>
  );
}

function Correlations({ of, limit }: { of: RiskReport; limit: number }) {
  const { symbols, rows } = matrixOf(of.correlations, limit);
  return (
    <Panel title="Correlations of open positions">
      {symbols.length ? (
        <>
          <table class="matrix" aria-label="Correlations">
            <thead>
              <tr>
                <td />
                {symbols.map((symbol) => (
                  <th key={symbol} scope="col">
                    {symbol}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, number) => (
                <tr key={symbols[number]}>
                  <th scope="row">{symbols[number]}</th>
                  {row.map((cell, column) => (
                    <td
                      key={symbols[column]}
                      class={cell.over ? "over" : cell.strength === undefined ? "same" : ""}
                      style={{ "--strength": `${Math.round((cell.strength ?? 0) * 40)}%` }}
                    >
                      {cell.text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p class="worst dim">! over {figure(limit)}: an entry that is correlated is made smaller</p>
        </>
      ) : (
        <Empty>Needs two open positions.</Empty>
      )}
    </Panel>
  );
}

export const risk: View = { id: "risk", title: "Risk", icon: "risk", Screen: RiskScreen };
