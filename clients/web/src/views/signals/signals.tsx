// Signals: each decision with all its reasons; and of a symbol without one, why not.

import { type Signal, SignalKind } from "@api/signal_pb";
import { signal, useSignal } from "@preact/signals";
import { session } from "@/session/session";
import { go, rest } from "@/shell/route";
import { price } from "@/text/figures";
import { dateAndMinute, dayAndClock } from "@/text/times";
import { regimeWord, signalWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Choice } from "@/ui/fields";
import { type Ask, More, usePaged } from "@/ui/paged";
import { Direction, Empty, Panel, Toned } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import { symbolOptions } from "@/views/symbols";
import type { View } from "@/views/view";
import { Explanation } from "./explanation";
import { becameWord, merged, modeOf, pointsUp, WHY } from "./model";

const { store } = session;
const PAGE = 100;

const COLUMNS: readonly Column<Signal>[] = [
  { title: "Decided ET", cell: (one) => dateAndMinute(one.decidedAt) },
  { title: "Symbol", cell: (one) => <span class="symbol">{one.symbol}</span> },
  { title: "Signal", cell: (one) => <Direction word={signalWord(one.kind)} up={pointsUp(one)} /> },
  { title: "Price", right: true, cell: (one) => price(one.price) },
  { title: "Became", cell: (one) => <Toned word={becameWord(one)} /> },
  { title: "Mode", from: 1200, cell: modeOf },
  { title: "Regime", from: 1500, cell: (one) => <Toned word={regimeWord(one.regime)} /> },
  { title: "Why", grow: true, from: 1500, cell: (one) => one.outcomeText || one.entryTrigger },
];
const KINDS: readonly (readonly [string, string])[] = [
  ["", "All kinds"],
  ...[SignalKind.LONG, SignalKind.SHORT, SignalKind.EXIT_LONG, SignalKind.EXIT_SHORT].map(
    (kind) => [String(kind), signalWord(kind).text] as const,
  ),
];

const symbol = signal("");
const kind = signal("");
const isWanted = (one: Signal) =>
  (!symbol.value || one.symbol === symbol.value) && (!kind.value || one.kind === Number(kind.value));

function Signals() {
  const fetch = async (page: Ask, options: object) => {
    store.renewals.value;
    store.trims.value;
    const wanted = { symbols: symbol.value ? [symbol.value] : [], kinds: kind.value ? [Number(kind.value)] : [] };
    const answer = await session.api.signal.listSignals({ ...wanted, ...page }, options);
    return { items: answer.signals, next: answer.nextPageToken };
  };
  const paged = usePaged(PAGE, fetch, () => symbol.value + kind.value);
  const list = merged(store.signals.all.filter(isWanted), paged.items);
  const [chosen = list[0]?.id ?? "", about] = rest.value;
  return (
    <div class="view desk">
      <Panel title="Signals" tools={<Tools />}>
        <Shown asked={paged.first} what="signals">
          {() => list.length === 0 && <Empty>No signal yet. Ask why not.</Empty>}
        </Shown>
        {list.length > 0 && (
          <ListTable
            label="Signals"
            columns={COLUMNS}
            list={list}
            id={(one) => one.id}
            open={(id) => go("signals", id)}
            selected={chosen}
          />
        )}
        <More of={paged} />
      </Panel>
      {chosen === WHY && about ? <WhyNot key={about} symbol={about} /> : <Chosen key={chosen} id={chosen} />}
    </div>
  );
}

function Tools() {
  const asked = useSignal("");
  return (
    <>
      <Choice label="symbol" chosen={symbol} options={symbolOptions("All symbols")} />
      <Choice label="kind" chosen={kind} options={KINDS} />
      <Choice
        label="why is a symbol not traded"
        chosen={asked}
        options={symbolOptions("Why not …")}
        onChoice={(one) => {
          asked.value = "";
          go("signals", WHY, one);
        }}
      />
    </>
  );
}

/** One signal, and again when something becomes of it. */
function Chosen({ id }: { id: string }) {
  const asked = useAsked(async (stop) => {
    store.signals.one(id).value;
    store.renewals.value;
    return id ? (await session.api.signal.getSignal({ signalId: id }, { signal: stop })).signal : undefined;
  });
  const found = asked.value.value;
  const title = found ? `${found.symbol}, bar of ${dayAndClock(found.barStartTime)} ET` : "Why";
  return (
    <Panel title={title} class="detail" reads>
      {id ? (
        <Shown asked={asked} what="the signal">
          {(one) => one && <Explanation signal={one} />}
        </Shown>
      ) : (
        <Empty>Choose a signal, or ask why a symbol is not traded.</Empty>
      )}
    </Panel>
  );
}

/** Why a symbol was, or was not, traded at its last bar; with each new bar anew. */
function WhyNot({ symbol }: { symbol: string }) {
  const asked = useAsked((stop) => {
    store.bars.one(symbol).value;
    store.renewals.value;
    return session.api.signal.explain({ symbol }, { signal: stop });
  });
  const bar = asked.value.value?.signal?.barStartTime;
  return (
    <Panel title={`Why: ${symbol}${bar ? `, bar of ${dayAndClock(bar)} ET` : ""}`} class="detail" reads>
      <Shown asked={asked} what={`why ${symbol} is not traded`}>
        {(answer) =>
          answer.signal && (
            <Explanation signal={answer.signal} whyNot={answer.whyNot} changes={answer.smallestChanges} />
          )
        }
      </Shown>
    </Panel>
  );
}

export const signals: View = { id: "signals", title: "Signals", icon: "signals", Screen: Signals };
