// Chart: one symbol, its bars as the daemon remembers them, and what was done there.
import type { Order } from "@api/order_pb";
import type { Signal } from "@api/signal_pb";
import { computed, signal, untracked, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { TicketButton } from "@/actions/ticket/ticket";
import { session } from "@/session/session";
import { go, rest } from "@/shell/route";
import { gainPercent, price } from "@/text/figures";
import { toneOf } from "@/text/money";
import { regimeWord } from "@/text/words";
import { type Asked, Shown, useAsked } from "@/ui/asked";
import { Badge, Empty, Panel } from "@/ui/parts";
import { theme } from "@/ui/theme";
import type { View } from "@/views/view";
import type { Canvas, PaneName, Range } from "./canvas";
import {
  extended,
  fillMarks,
  KEPT,
  legendOf,
  levelsOf,
  MAY_HAVE_FILLED,
  newestOf,
  type Step,
  signalMarks,
  stepsOf,
} from "./model";

const { store } = session;
const FIRST_SHOWN = 160;
const OLD_SIGNALS = 200;
// The daemon gives no more at once.
const OLD_ORDERS = 1_000;
const ALL_PANES: readonly PaneName[] = ["RSI", "ADX", "ATR"];

const chosen = computed(() => rest.value[0] ?? store.symbols.value[0] ?? "");
const panes = signal<readonly PaneName[]>(["RSI", "ADX"]);

function Chart() {
  const symbol = chosen.value;
  return (
    <div class="view chart-view">
      {symbol ? <SymbolChart key={symbol} symbol={symbol} /> : <Empty>The daemon follows no symbol yet.</Empty>}
    </div>
  );
}

function SymbolChart({ symbol }: { symbol: string }) {
  const asked = useAsked(async (stop) => {
    store.renewals.value;
    const { bars, indicators } = await session.api.market.getBars(
      { symbol, pageSize: KEPT, includeIndicators: true },
      { signal: stop },
    );
    return stepsOf(bars, indicators);
  });
  const old = useAsked(async (stop) => {
    store.renewals.value;
    store.trims.value;
    const request = { symbols: [symbol], pageSize: OLD_SIGNALS };
    return (await session.api.signal.listSignals(request, { signal: stop })).signals;
  });
  const filled = useAsked(async (stop) => {
    store.renewals.value;
    store.trims.value;
    const request = { symbols: [symbol], states: [...MAY_HAVE_FILLED], pageSize: OLD_ORDERS };
    return (await session.api.order.listOrders(request, { signal: stop })).orders;
  });
  return (
    <Panel title={symbol} class="chart" padded tools={<Tools symbol={symbol} />}>
      <Shown asked={asked} what={`the bars of ${symbol}`}>
        {(steps) =>
          steps.length ? (
            <Drawing symbol={symbol} loaded={steps} old={old} filled={filled} />
          ) : (
            <Empty>No completed bar yet.</Empty>
          )
        }
      </Shown>
    </Panel>
  );
}

function Tools({ symbol }: { symbol: string }) {
  const now = store.prices.one(symbol).value;
  const toggle = (name: PaneName) => {
    const without = panes.value.filter((one) => one !== name);
    panes.value =
      without.length < panes.value.length ? without : ALL_PANES.filter((one) => one === name || without.includes(one));
  };
  return (
    <>
      <strong class="now">{price(now?.price)}</strong>
      <span class={toneOf(now?.changePct)}>{gainPercent(now?.changePct)}</span>
      <Badge word={regimeWord(store.indicators.one(symbol).value?.regime)} />
      <fieldset class="group" aria-label="indicator panes">
        {ALL_PANES.map((name) => (
          <button
            key={name}
            type="button"
            class="button small"
            aria-pressed={panes.value.includes(name)}
            onClick={() => toggle(name)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <select
        class="input symbols"
        aria-label="symbol"
        value={symbol}
        onChange={(event) => go("chart", event.currentTarget.value)}
      >
        {store.symbols.value.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <TicketButton symbol={symbol} />
    </>
  );
}

/** The last bars, as many as are readable. */
const lastOf = (bars: number): Range => ({ from: bars - FIRST_SHOWN, to: bars + 4 });

interface DrawingProps {
  symbol: string;
  loaded: readonly Step[];
  old: Asked<readonly Signal[]>;
  filled: Asked<readonly Order[]>;
}

function Drawing({ symbol, loaded, old, filled }: DrawingProps) {
  const element = useRef<HTMLDivElement>(null);
  const canvas = useSignal<Canvas | undefined>(undefined);
  const hovered = useSignal<number | undefined>(undefined);
  const failed = useSignal("");
  const range = useRef<Range | undefined>(undefined);
  // A bar may have come while those before it were on their way.
  const newest = () => [store.bars.one(symbol).value, store.indicators.one(symbol).value] as const;
  const steps = useMemo(() => signal(untracked(() => extended(loaded, ...newest()))), [loaded]);

  const isHere = (one: Signal | Order) => one.symbol === symbol;
  const fills = useMemo(
    () => computed(() => fillMarks(steps.value, newestOf(filled.value.value ?? [], store.orders.all.filter(isHere)))),
    [steps],
  );

  useSignalEffect(() => {
    steps.value = extended(steps.peek(), ...newest());
  });
  // Colours are read when it is drawn, and panes are made once: another theme or choice of panes is another canvas.
  useEffect(() => {
    let gone = false;
    void import("./canvas")
      .then((module) => {
        if (gone || !element.current) return;
        failed.value = "";
        canvas.value = new module.Canvas(element.current, panes.value, (time) => {
          hovered.value = time;
        });
        canvas.value.draw(steps.peek());
        canvas.value.show(range.current ?? lastOf(steps.peek().length));
        element.current.dataset.drawn = String(steps.peek().length);
      })
      .catch((error: unknown) => {
        failed.value = `The chart can't be drawn: ${error}. The daemon may be another version now: load the page again.`;
      });
    return () => {
      gone = true;
      range.current = canvas.value?.shown;
      canvas.value?.end();
      canvas.value = undefined;
    };
  }, [theme.value, panes.value, steps]);
  useSignalEffect(() => canvas.value?.draw(steps.value));
  useSignalEffect(() => canvas.value?.level(levelsOf(store.positions.one(symbol).value)));
  useSignalEffect(() => canvas.value?.price(store.prices.one(symbol).value?.price));
  useSignalEffect(() => {
    const signals = newestOf(old.value.value ?? [], store.signals.all.filter(isHere));
    const marks = [...signalMarks(steps.value, signals), ...fills.value];
    canvas.value?.mark(marks.sort((one, other) => one.time - other.time));
  });

  const step = steps.value.find((one) => one.time === hovered.value) ?? steps.value.at(-1);
  return (
    <>
      <dl class="legend">
        {step &&
          legendOf(step).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {failed.value && (
        <p class="empty bad" role="alert">
          {failed}
        </p>
      )}
      <div
        class="canvas"
        ref={element}
        role="img"
        aria-label={`${symbol}: ${steps.value.length} bars with KAMA, bands, signals, ${fills.value.length} fills and indicators`}
      />
    </>
  );
}

export const chart: View = { id: "chart", title: "Chart", icon: "chart", Screen: Chart };
