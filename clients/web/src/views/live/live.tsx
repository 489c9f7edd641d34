// Live: the account in large, open positions, prices, and what has just happened.

import { Role } from "@api/access_pb";
import { EquityResolution } from "@api/account_pb";
import { PositionSide } from "@api/common_pb";
import type { Price } from "@api/market_pb";
import type { Position } from "@api/position_pb";
import { computed } from "@preact/signals";
import { CloseButton } from "@/actions/close";
import { askToCloseAll } from "@/actions/safety";
import { TicketButton } from "@/actions/ticket/ticket";
import { session } from "@/session/session";
import { price, whole } from "@/text/figures";
import { dollars, money } from "@/text/money";
import { clock } from "@/text/times";
import { guardWord, positionWord, regimeWord, strategyWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Curve } from "@/ui/curve";
import { nowMs } from "@/ui/now";
import { Direction, Empty, Gain, GainPercent, Meter, Panel, SymbolLink, Toned } from "@/ui/parts";
import { type Column, Table } from "@/ui/table";
import type { View } from "@/views/view";
import { Happenings } from "./happenings";
import { bareMark, curveOf, extremesOf, heldFor, nearness, pulseOf, type Tile, tilesOf } from "./model";

const { store } = session;
const POINTS = 500;

const POSITIONS: readonly Column<Position>[] = [
  { title: "Symbol", cell: (one) => <SymbolLink of={one.symbol} />, sort: (one) => one.symbol },
  { title: "Side", cell: (one) => <Direction word={positionWord(one.side)} up={one.side === PositionSide.LONG} /> },
  { title: "Shares", right: true, cell: (one) => whole(one.quantity), sort: (one) => Number(one.quantity) },
  { title: "Entry", right: true, cell: (one) => money(one.averagePrice), sort: (one) => Number(one.averagePrice) },
  { title: "Price", right: true, cell: (one) => money(one.lastPrice), sort: (one) => Number(one.lastPrice) },
  {
    title: "P&L $",
    right: true,
    cell: (one) => <Gain amount={one.unrealizedPnl} />,
    sort: (one) => Number(one.unrealizedPnl),
  },
  {
    title: "P&L %",
    right: true,
    cell: (one) => <GainPercent value={one.unrealizedPnlPct} />,
    sort: (one) => one.unrealizedPnlPct,
  },
  {
    title: "Value",
    right: true,
    from: 1500,
    cell: (one) => money(one.marketValue),
    sort: (one) => Number(one.marketValue),
  },
  { title: "Stop", right: true, cell: (one) => <Stop of={one} /> },
  {
    title: "At risk",
    right: true,
    from: 1500,
    cell: (one) => dollars(one.riskAtStop),
    sort: (one) => Number(one.riskAtStop),
  },
  { title: "Guard", from: 1200, cell: (one) => <Guard of={one} /> },
  { title: "Mode", from: 1500, cell: (one) => strategyWord(one.mode).text },
  { title: "Held", right: true, cell: (one) => <Held of={one} />, sort: (one) => -Number(one.openedAt?.seconds ?? 0) },
  { title: "Actions", untitled: true, right: true, cell: (one) => <CloseButton of={one} /> },
];

const PRICES: readonly Column<Price>[] = [
  { title: "Symbol", cell: (one) => <SymbolLink of={one.symbol} />, sort: (one) => one.symbol },
  { title: "Price", right: true, cell: (one) => price(one.price), sort: (one) => one.price },
  {
    title: "Day",
    right: true,
    cell: (one) => <GainPercent value={one.changePct} />,
    sort: (one) => one.changePct ?? 0,
  },
  { title: "Bid", right: true, from: 900, cell: (one) => <span class="dim">{price(one.bid)}</span> },
  { title: "Ask", right: true, from: 900, cell: (one) => <span class="dim">{price(one.ask)}</span> },
  { title: "Regime", cell: (one) => <RegimeOf symbol={one.symbol} /> },
  { title: "At", right: true, from: 900, cell: (one) => <span class="dim">{clock(one.time)}</span> },
];

function Live() {
  return (
    <div class="view live-view">
      <Tiles />
      <div class="columns">
        <div class="view">
          <Positions />
          <Prices />
        </div>
        <div class="view">
          <Equity />
          <Happenings />
        </div>
      </div>
    </div>
  );
}

function Tiles() {
  return (
    <div class="tiles">
      {tilesOf(store.account.value, store.risk.value).map((tile) => (
        <TileBox key={tile.title} tile={tile} />
      ))}
      <PulseBox />
    </div>
  );
}

function TileBox({ tile }: { tile: Tile }) {
  return (
    <section class="tile" aria-label={tile.title}>
      <h2>{tile.title}</h2>
      <p class={`value ${tile.tone}`}>{tile.value}</p>
      <p class={`note ${tile.noteTone}`}>{tile.note}</p>
      {tile.used !== undefined && <Meter part={tile.used} tone={nearness(tile.used)} />}
    </section>
  );
}

function PulseBox() {
  const pulse = pulseOf(session.link.value, nowMs.value);
  return (
    <section class="tile" aria-label="Heartbeat">
      <h2>Heartbeat</h2>
      <p class={`value ${pulse.tone}`}>
        <span class={`dot ${pulse.tone === "good" ? "beating" : ""}`} /> {pulse.beat}
      </p>
      <p class="note dim">{pulse.text}</p>
    </section>
  );
}

function Positions() {
  const keys = store.positions.keys.value;
  return (
    <Panel title="Positions" count={keys.length} tools={session.may(Role.TRADE) && <Tools some={keys.length > 0} />}>
      {keys.length ? (
        <Table label="Positions" columns={POSITIONS} keys={keys} row={(key) => store.positions.one(key)} />
      ) : (
        <Empty>No open position.</Empty>
      )}
    </Panel>
  );
}

function Tools({ some }: { some: boolean }) {
  return (
    <>
      {some && (
        <button type="button" class="button danger small" onClick={askToCloseAll}>
          Close all
        </button>
      )}
      <TicketButton />
    </>
  );
}

function Prices() {
  return (
    <Panel title="Prices" count={store.symbols.value.length} class="prices">
      <Table label="Prices" columns={PRICES} keys={store.symbols.value} row={(key) => store.prices.one(key)} />
    </Panel>
  );
}

// It is recorded all the time: what was asked for in the morning is not how things are in the evening.
const minute = computed(() => Math.floor(nowMs.value / 60_000));

function Equity() {
  const asked = useAsked(async (signal) => {
    store.renewals.value;
    minute.value;
    const resolution = EquityResolution.HOUR;
    return (await session.api.account.getEquityCurve({ pageSize: POINTS, resolution }, { signal })).points;
  });
  return (
    <Panel title="Equity curve" padded>
      <Shown asked={asked} what="the equity curve">
        {(points) => (
          <>
            <Curve values={curveOf(points)} height={132} label="recorded equity, hour by hour" />
            <p class="dim extremes">{extremesOf(points)}</p>
          </>
        )}
      </Shown>
    </Panel>
  );
}

const Held = ({ of }: { of: Position }) => <>{heldFor(of, store.second.value)}</>;

const RegimeOf = ({ symbol }: { symbol: string }) => (
  <Toned word={regimeWord(store.indicators.one(symbol).value?.regime)} />
);

/** Its price, and a mark where no order at the broker stands for it: there may be no room for more words. */
function Stop({ of }: { of: Position }) {
  const mark = bareMark(of);
  const word = guardWord(of.protection);
  return (
    <span class={mark && word.tone} title={word.text}>
      {mark}
      {money(of.stopPrice)}
    </span>
  );
}

function Guard({ of }: { of: Position }) {
  const part = of.exitQuantity ? ` ${whole(of.exitQuantity)}` : "";
  if (of.exitReason) return <span class="warn">{`closing${part}: ${of.exitReason}`}</span>;
  if (of.foreign) return <span class="warn">foreign</span>;
  return <Toned word={guardWord(of.protection)} />;
}

export const live: View = { id: "live", title: "Live", icon: "live", Screen: Live };
