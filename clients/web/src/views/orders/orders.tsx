// Orders: where each stands, how often it has followed the market, and its life.

import { Role } from "@api/access_pb";
import { Side } from "@api/common_pb";
import type { Order } from "@api/order_pb";
import { signal, untracked } from "@preact/signals";
import { askToCancel, askToCancelAll, askToReplace } from "@/actions/orders";
import { TicketButton } from "@/actions/ticket/ticket";
import { session } from "@/session/session";
import { go, rest } from "@/shell/route";
import { money } from "@/text/money";
import { dateAndMinute } from "@/text/times";
import { orderWord, roleWord, sideWord, typeWord } from "@/text/words";
import { Shown } from "@/ui/asked";
import { Choice } from "@/ui/fields";
import { type Ask, More, usePaged } from "@/ui/paged";
import { Direction, Empty, Panel, Toned } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import { symbolOptions } from "@/views/symbols";
import type { View } from "@/views/view";
import { Life } from "./life";
import {
  ageOf,
  byOf,
  chaseOf,
  filledOf,
  inOrder,
  isA,
  isCancelable,
  isReplaceable,
  priceOf,
  requestOf,
  sizeOf,
  WHATS,
  type What,
  whyOf,
} from "./model";

const { store } = session;
const PAGE = 100;

const COLUMNS: readonly Column<Order>[] = [
  { title: "Symbol", cell: (one) => <span class="symbol">{one.symbol}</span>, sort: (one) => one.symbol },
  { title: "Side", cell: (one) => <Direction word={sideWord(one.side)} up={one.side === Side.BUY} /> },
  { title: "Role", cell: (one) => <Toned word={roleWord(one.role)} /> },
  { title: "Type", from: 900, cell: (one) => typeWord(one.type).text },
  { title: "Price", right: true, cell: priceOf },
  { title: "Filled", right: true, cell: filledOf },
  { title: "At", right: true, from: 900, cell: (one) => money(one.averageFillPrice) },
  { title: "State", cell: (one) => <Toned word={orderWord(one.state)} /> },
  { title: "Chase", right: true, cell: chaseOf },
  { title: "Age", right: true, cell: (one) => <Age of={one} /> },
];
// What there is room for while no order is looked at.
const WIDE: readonly Column<Order>[] = [
  { title: "Updated ET", right: true, from: 1200, cell: (one) => dateAndMinute(one.updatedAt) },
  { title: "By", from: 1500, cell: byOf },
  { title: "Why", grow: true, from: 1200, cell: whyOf },
];
const ACTIONS: Column<Order> = { title: "Actions", untitled: true, right: true, cell: (one) => <Actions of={one} /> };

const symbol = signal("");
const what = signal<What>("");
const isWanted = (one: Order) => (!symbol.value || one.symbol === symbol.value) && isA(one, what.value);

function Orders() {
  const fetch = async (page: Ask, options: object) => {
    store.renewals.value;
    store.trims.value;
    const wanted = { symbols: symbol.value ? [symbol.value] : [], open: false, ...requestOf(what.value) };
    const told = page.pageToken ? 0 : untracked(() => store.orders.all.filter(isWanted).length);
    const pageSize = sizeOf(page.pageSize, told);
    const answer = await session.api.order.listOrders({ ...wanted, ...page, pageSize }, options);
    return { items: answer.orders, next: answer.nextPageToken };
  };
  const paged = usePaged(PAGE, fetch, () => symbol.value + what.value);
  const list = inOrder(store.orders.all.filter(isWanted), paged.items, paged.hasMore);
  const chosen = rest.value[0];
  return (
    <div class={chosen ? "view desk" : "view desk one"}>
      <Panel title={`Orders, ${list.filter((one) => !one.endedAt).length} open`} tools={<Tools />}>
        <Shown asked={paged.first} what="ended orders">
          {() => list.length === 0 && <Empty>No order yet.</Empty>}
        </Shown>
        {/* Those that work are on the stream, whatever becomes of the others. */}
        {list.length > 0 && (
          <ListTable
            label="Orders"
            columns={[...COLUMNS, ...(chosen ? [] : WIDE), ACTIONS]}
            list={list}
            id={(one) => one.id}
            open={(id) => go("orders", id)}
            selected={chosen}
          />
        )}
        <More of={paged} />
      </Panel>
      {chosen && <Life key={chosen} id={chosen} />}
    </div>
  );
}

function Tools() {
  return (
    <>
      <Choice label="symbol" chosen={symbol} options={symbolOptions("All symbols")} />
      <Choice label="orders" chosen={what} options={WHATS} />
      {session.may(Role.TRADE) && (
        <button type="button" class="button danger small" onClick={askToCancelAll}>
          Cancel all
        </button>
      )}
      <TicketButton symbol={symbol.value} />
    </>
  );
}

const Age = ({ of }: { of: Order }) => <>{ageOf(of, of.endedAt ? 0 : store.second.value)}</>;

function Actions({ of }: { of: Order }) {
  if (!session.may(Role.TRADE)) return null;
  return (
    <>
      {isReplaceable(of) && (
        <button type="button" class="button small" onClick={() => askToReplace(of)} aria-label={`change ${of.id}`}>
          Change
        </button>
      )}{" "}
      {isCancelable(of) && (
        <button
          type="button"
          class="button danger small"
          onClick={() => askToCancel(of)}
          aria-label={`cancel ${of.id}`}
        >
          Cancel
        </button>
      )}
    </>
  );
}

export const orders: View = { id: "orders", title: "Orders", icon: "orders", Screen: Orders };
