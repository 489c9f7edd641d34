// One run: how far it has come, then its figures, curves, checks and trades.
import { Role } from "@api/access_pb";
import type { GetBacktestResponse, Backtest as Run } from "@api/backtest_pb";
import { PositionSide } from "@api/common_pb";
import type { Trade } from "@api/trade_pb";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { act } from "@/actions/act";
import { failureOf } from "@/api/failure";
import { session } from "@/session/session";
import { figure, percent, whole } from "@/text/figures";
import { cents, dollars, inCents, money, NOTHING } from "@/text/money";
import { dateAndMinute, day, seconds, span } from "@/text/times";
import { positionWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { More, usePaged } from "@/ui/paged";
import { Badge, Direction, Empty, Gain, GainPercent, Meter, Panel } from "@/ui/parts";
import { Plot } from "@/ui/plot";
import { type Column, ListTable } from "@/ui/table";
import { toast } from "@/ui/toasts";
import { figuresOf, goesOn, isSingle, linesOf, pointsOf, progressOf, stateWord, titleOf } from "./model";

const PAGE = 100;
const LOOK_EVERY_MS = 500;
const REPORT_PATIENCE_MS = 60_000;

const TRADES: readonly Column<Trade>[] = [
  { title: "Closed ET", cell: (one) => dateAndMinute(one.closedAt) },
  { title: "Symbol", cell: (one) => <span class="symbol">{one.symbol}</span>, sort: (one) => one.symbol },
  { title: "Side", cell: (one) => <Direction word={positionWord(one.side)} up={one.side === PositionSide.LONG} /> },
  { title: "Shares", right: true, cell: (one) => whole(one.entryQuantity) },
  { title: "Entry", right: true, from: 900, cell: (one) => money(one.entryPrice) },
  { title: "Exit", right: true, from: 900, cell: (one) => money(one.exitPrice) },
  {
    title: "Net $",
    right: true,
    cell: (one) => <Gain amount={inCents(one.netPnl)} />,
    sort: (one) => Number(one.netPnl),
  },
  {
    title: "%",
    right: true,
    cell: (one) => <GainPercent value={one.realizedPnlPct} />,
    sort: (one) => one.realizedPnlPct,
  },
  { title: "Held", right: true, from: 1200, cell: (one) => span(seconds(one.holdingTime)) },
  { title: "Why it ended", cell: (one) => one.exitReason.replaceAll("_", " ") || "open" },
];

/** A run; `ended` hears when it has come to its end. */
export function Result({ id, ended }: { id: string; ended: () => void }) {
  const asked = useAsked(async (stop) => {
    session.store.renewals.value;
    return await session.api.backtest.getBacktest({ backtestId: id, pageSize: 1 }, { signal: stop });
  });
  const run = asked.value.value?.backtest;
  const more = goesOn(run);
  useEffect(() => {
    if (!more) return undefined;
    const timer = setInterval(() => asked.busy.peek() || asked.again(), LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      ended();
    };
  }, [more]);
  return (
    <Shown asked={asked} what="the backtest">
      {(answer) =>
        answer.backtest && (
          <>
            <Head run={answer.backtest} />
            {answer.backtest.metrics && <Figures of={answer} />}
            {answer.backtest.metrics && isSingle(answer.backtest) && <Trades id={id} />}
          </>
        )
      }
    </Shown>
  );
}

function Head({ run }: { run: Run }) {
  const more = goesOn(run);
  const { config } = run;
  const from = config?.startTime ? day(config.startTime) : "the first bar";
  const to = config?.endTime ? day(config.endTime) : "the last";
  return (
    <Panel
      title={titleOf(run)}
      padded
      tools={
        <>
          <Badge word={stateWord(run)} />
          {more && session.may(Role.TRADE) && <Cancel id={run.id} />}
          {run.metrics && <Report id={run.id} />}
        </>
      }
    >
      <p class="dim">
        {config?.symbols.join(" ")}, {config?.timeframe}, {from} to {to}, {dollars(config?.initialEquity)}. Asked for by{" "}
        {run.requestedBy}, {dateAndMinute(run.createdAt)} ET.
      </p>
      {more && (
        <div class="progress" role="status">
          <Meter part={(run.progress?.donePct ?? 0) / 100} tone="accent" />
          <p>
            <strong>{percent(run.progress?.donePct, 0)}</strong> <span class="dim">{progressOf(run)}</span>
          </p>
        </div>
      )}
      {run.error && <p class="bad">{run.error}</p>}
    </Panel>
  );
}

function Cancel({ id }: { id: string }) {
  const cancel = () =>
    act("The run is being canceled.", (requestId) =>
      session.api.backtest.cancelBacktest({ requestId, backtestId: id }),
    );
  return (
    <button type="button" class="button danger small" onClick={() => void cancel()}>
      Cancel
    </button>
  );
}

function Report({ id }: { id: string }) {
  const busy = useSignal(false);
  const fetchIt = async () => {
    busy.value = true;
    try {
      const request = { backtestId: id, pageSize: 1, includeReport: true };
      const { reportHtml } = await session.api.backtest.getBacktest(request, { timeoutMs: REPORT_PATIENCE_MS });
      save(`backtest-${id}.html`, reportHtml);
    } catch (thrown) {
      toast(`The report: ${failureOf(thrown).text}`, "bad");
    }
    busy.value = false;
  };
  return (
    <button type="button" class="button small" disabled={busy.value} onClick={() => void fetchIt()}>
      {busy.value ? "Fetching …" : "Report"}
    </button>
  );
}

/** The report has scripts of its own, which this page's policy forbids: it is opened from where it was saved. */
function save(name: string, html: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Figures({ of }: { of: GetBacktestResponse }) {
  const lines = linesOf(of);
  const metrics = of.backtest?.metrics;
  return (
    <>
      <Panel title="Figures" padded>
        <dl class="figures">
          {metrics &&
            figuresOf(metrics).map((one) => (
              <div key={one.name}>
                <dt>{one.name}</dt>
                <dd class={one.tone}>{one.value}</dd>
              </div>
            ))}
        </dl>
      </Panel>
      <Curves of={of} />
      {lines.length > 0 && (
        <Panel title="Checks" padded>
          <ul class="checks">
            {lines.map((one) => (
              <li key={one.text}>
                <span class={one.passed === undefined ? "dim" : one.passed ? "good" : "bad"}>
                  {one.passed === undefined ? "·" : one.passed ? "✓" : "✗"}
                </span>
                {one.text}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });

function Curves({ of }: { of: GetBacktestResponse }) {
  const points = pointsOf(of);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;
  const at = (number: number) => DAY.format(points[number]?.timeMs);
  const ends = [at(0), at(points.length - 1)] as const;
  return (
    <Panel title="Curves" padded>
      <Plot
        title="Equity"
        values={points.map((one) => Number(one.equity))}
        height={170}
        scale={(value) => `$${figure(value, 0)}`}
        tell={(number) => `${at(number)}  ${cents(points[number]?.equity)}`}
        ends={ends}
      />
      <Plot
        title="Drawdown"
        values={points.map((one) => -one.drawdownPct)}
        height={80}
        tone="bad"
        floor={0}
        scale={(value) => percent(Math.abs(value), 1)}
        tell={(number) => `${at(number)}  ${percent(points[number]?.drawdownPct)}`}
        ends={ends}
      />
    </Panel>
  );
}

function Trades({ id }: { id: string }) {
  const trades = usePaged<Trade>(PAGE, async (page, options) => {
    session.store.renewals.value;
    const answer = await session.api.backtest.getBacktest({ backtestId: id, ...page }, options);
    return { items: answer.trades, next: answer.nextPageToken };
  });
  return (
    <Panel title="Trades, newest first" class="trades" reads>
      <Shown asked={trades.first} what="the trades">
        {() =>
          trades.items.length ? (
            <ListTable label="Trades" columns={TRADES} list={trades.items} id={(one) => one.id || NOTHING} />
          ) : (
            <Empty>No trade.</Empty>
          )
        }
      </Shown>
      <More of={trades} />
    </Panel>
  );
}
