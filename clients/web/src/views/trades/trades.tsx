// Trades: round trips, what they earned, and the way to a file of them.

import { PositionSide, StrategyMode } from "@api/common_pb";
import type { Trade } from "@api/trade_pb";
import { computed, signal, useSignal } from "@preact/signals";
import { session } from "@/session/session";
import { go, rest } from "@/shell/route";
import { figure, percent, whole } from "@/text/figures";
import { money } from "@/text/money";
import { dateAndMinute } from "@/text/times";
import { positionWord, strategyWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Choice, LAST_DAY } from "@/ui/fields";
import { type Ask, More, usePaged } from "@/ui/paged";
import { Direction, Empty, Gain, Panel } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import { toast } from "@/ui/toasts";
import { symbolOptions } from "@/views/symbols";
import type { View } from "@/views/view";
import { saveTrades } from "./export";
import { endedOf, figuresOf, type Group, groupsOf, openedOf, pageOf, requestOf, type Wanted } from "./model";
import { Held, Net, NetPercent, Whole } from "./whole";

const { store } = session;
const PAGE = 100;

const COLUMNS: readonly Column<Trade>[] = [
  { title: "Opened ET", cell: (one) => dateAndMinute(one.openedAt) },
  { title: "Symbol", cell: (one) => <span class="symbol">{one.symbol}</span> },
  { title: "Side", cell: (one) => <Direction word={positionWord(one.side)} up={one.side === PositionSide.LONG} /> },
  { title: "Shares", right: true, cell: (one) => whole(one.entryQuantity) },
  { title: "Entry", right: true, cell: (one) => money(one.entryPrice) },
  { title: "Exit", right: true, cell: (one) => money(one.exitPrice) },
  { title: "Net $", right: true, cell: (one) => <Net of={one} />, sort: (one) => Number(one.netPnl) },
  {
    title: "%",
    right: true,
    cell: (one) => <NetPercent of={one} />,
    sort: (one) => one.realizedPnlPct,
  },
  {
    title: "Held",
    right: true,
    cell: (one) => <Held of={one} />,
    sort: (one) => Number(one.holdingTime?.seconds ?? 0n),
  },
];
// What there is room for while no trade is looked at.
const WIDE: readonly Column<Trade>[] = [
  { title: "Mode", from: 1200, cell: (one) => strategyWord(one.mode).text },
  { title: "Closed ET", from: 1200, cell: (one) => dateAndMinute(one.closedAt) },
  { title: "Why it ended", grow: true, from: 1200, cell: endedOf },
];
const GROUPS: readonly Column<Group>[] = [
  { title: "Of", cell: (one) => <span class="symbol">{one.name}</span> },
  { title: "Trades", right: true, cell: (one) => whole(one.statistics.trades) },
  { title: "Won", right: true, cell: (one) => percent(one.statistics.winRatePct, 1) },
  { title: "Net $", right: true, cell: (one) => <Gain amount={one.statistics.netPnl} /> },
  { title: "Profit factor", right: true, cell: (one) => figure(one.statistics.profitFactor) },
  { title: "Expectancy", right: true, cell: (one) => <Gain amount={one.statistics.expectancy} /> },
];
const MODES: readonly (readonly [string, string])[] = [
  ["", "All modes"],
  ...[StrategyMode.TREND, StrategyMode.MEAN_REVERSION, StrategyMode.MANUAL].map(
    (mode) => [String(mode), strategyWord(mode).text] as const,
  ),
];

const filters = { symbol: signal(""), mode: signal(""), from: signal(""), to: signal("") };
const wanted = computed((): Wanted => {
  const { symbol, mode, from, to } = filters;
  return { symbol: symbol.value, mode: mode.value, from: from.value, to: to.value };
});

const about = () => Object.values(wanted.value).join();

/** What is asked for, and again when a position is opened, closed, or of another size. */
function request() {
  store.renewals.value;
  store.traded.value;
  return requestOf(wanted.value);
}

function Trades() {
  const chosen = rest.value[0];
  return (
    <div class="view trades-view">
      <Statistics />
      <div class={chosen ? "view desk" : "view desk one"}>
        <List chosen={chosen} />
        {chosen && <Whole key={chosen} id={chosen} />}
      </div>
    </div>
  );
}

function List({ chosen }: { chosen: string | undefined }) {
  const fetch = async (page: Ask, options: object) => {
    const wanted = request();
    return pageOf(wanted, page, async (part) => {
      const answer = await session.api.trade.listTrades({ ...openedOf(wanted), ...part }, options);
      return { items: answer.trades, next: answer.nextPageToken };
    });
  };
  const paged = usePaged(PAGE, fetch, about);
  return (
    <Panel title="Trades" tools={<Tools />}>
      <Shown asked={paged.first} what="trades">
        {() =>
          paged.items.length ? (
            <ListTable
              label="Trades"
              columns={chosen ? COLUMNS : [...COLUMNS, ...WIDE]}
              list={paged.items}
              id={(one) => one.id}
              open={(id) => go("trades", id)}
              selected={chosen}
            />
          ) : (
            <Empty>{paged.hasMore ? "None among the newest." : "No trade yet."}</Empty>
          )
        }
      </Shown>
      <More of={paged} />
    </Panel>
  );
}

function Statistics() {
  const asked = useAsked((stop) => session.api.trade.getStatistics(request(), { signal: stop }), about);
  return (
    <Shown asked={asked} what="statistics">
      {(answer) => (
        <>
          <div class="tiles">
            {answer.total &&
              figuresOf(answer.total).map((one) => (
                <section key={one.title} class="tile" aria-label={one.title}>
                  <h2>{one.title}</h2>
                  <p class={`value ${one.tone}`}>{one.value}</p>
                  <p class="note dim">{one.note}</p>
                </section>
              ))}
          </div>
          <Groups of={groupsOf(answer)} />
        </>
      )}
    </Shown>
  );
}

function Groups({ of }: { of: readonly Group[] }) {
  if (!of.length) return null;
  return (
    <details class="panel">
      <summary>By mode, regime and symbol, of trades closed in these days</summary>
      <ListTable label="Statistics" columns={GROUPS} list={of} id={(one) => one.name} />
    </details>
  );
}

function Tools() {
  const busy = useSignal(false);
  const save = async () => {
    busy.value = true;
    const failed = await saveTrades(requestOf(wanted.peek()));
    busy.value = false;
    if (failed) toast(failed, "bad");
  };
  return (
    <>
      <Choice label="symbol" chosen={filters.symbol} options={symbolOptions("All symbols")} />
      <Choice label="mode" chosen={filters.mode} options={MODES} />
      <DateTool name="from" />
      <DateTool name="to" />
      <button type="button" class="button small" disabled={busy.value} onClick={save}>
        {busy.value ? "Saving …" : "Save CSV"}
      </button>
    </>
  );
}

/** Of trades closed from, or to, a day. */
const DateTool = ({ name }: { name: "from" | "to" }) => (
  <input
    type="date"
    class="input tool"
    aria-label={`closed ${name}`}
    title={`closed ${name}`}
    max={LAST_DAY}
    value={filters[name].value}
    onChange={(event) => {
      filters[name].value = event.currentTarget.value;
    }}
  />
);

export const trades: View = { id: "trades", title: "Trades", icon: "trades", Screen: Trades };
