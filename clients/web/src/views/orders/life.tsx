// The life of an order: what it is, its fills, and everything that happened to it.
import type { Fill, Order, OrderHistoryEntry } from "@api/order_pb";
import { session } from "@/session/session";
import { hrefOf } from "@/shell/route";
import { plural, whole } from "@/text/figures";
import { dollars, money } from "@/text/money";
import { clock, day, dayAndClock } from "@/text/times";
import { orderWord, roleWord, sideWord, timeInForceWord, typeWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Icon } from "@/ui/icons";
import { Badge, Facts, Panel, SymbolLink, Toned } from "@/ui/parts";
import { byOf } from "./model";

const { store } = session;

export function Life({ id }: { id: string }) {
  const asked = useAsked((stop) => {
    store.orders.one(id).value;
    store.renewals.value;
    return session.api.order.getOrder({ orderId: id }, { signal: stop });
  });
  return (
    <Panel title="Order" class="detail" reads tools={<Leave to="orders" />}>
      <Shown asked={asked} what="the order">
        {({ order, fills, history }) =>
          order && (
            <div class="reading">
              <What of={order} />
              <Fills of={fills} since={day(order.createdAt)} />
              <h3>What happened</h3>
              <ol class="history">
                {history.map((entry, number) => (
                  <Step
                    key={`${entry.seq} ${entry.event}`}
                    of={entry}
                    since={day(number ? history[number - 1]?.time : order.createdAt)}
                  />
                ))}
              </ol>
            </div>
          )
        }
      </Shown>
    </Panel>
  );
}

/** Back to the list alone. */
export const Leave = ({ to }: { to: string }) => (
  <a class="icon-button" href={hrefOf(to)} aria-label="close">
    <Icon name="close" size={12} />
  </a>
);

function What({ of }: { of: Order }) {
  const kind = [typeWord(of.type).text, roleWord(of.role).text];
  const optional: readonly (readonly [string, string | undefined])[] = [
    ["Limit", of.limitPrice],
    ["Trigger", of.stopPrice],
    ["Stop loss", of.stopLossPrice],
    ["Average fill", of.averageFillPrice],
  ];
  return (
    <>
      <p>
        <SymbolLink of={of.symbol} />{" "}
        <strong>
          {sideWord(of.side).text} {whole(of.quantity)}, {[...new Set(kind)].join(" ")}
        </strong>{" "}
        <Badge word={orderWord(of.state)} />
      </p>
      {of.reason && <p class="dim">{of.reason}</p>}
      <Facts
        of={[
          ...optional.flatMap(([name, price]) => (price ? [[name, dollars(price)] as const] : [])),
          ["Filled", `${whole(of.filledQuantity)}, ${whole(of.remainingQuantity)} may still fill`],
          ["Works", timeInForceWord(of.timeInForce).text],
          ["By", byOf(of)],
          ["Created", `${dayAndClock(of.createdAt)} ET`],
          ["Id", of.id],
          ["Broker's id", of.brokerOrderId || "none yet"],
          ...related("Belongs to", "orders", of.parentId),
          ...related("In place of", "orders", of.replacesId),
          ...related("Signal", "signals", of.signalId),
        ]}
      />
    </>
  );
}

const related = (name: string, view: string, id: string) =>
  id ? [[name, <a href={hrefOf(view, id)}>{id}</a>] as const] : [];

function Fills({ of, since }: { of: readonly Fill[]; since: string }) {
  return (
    <>
      <h3>{of.length ? plural(of.length, "fill") : "No fill"}</h3>
      <ol class="history">
        {of.map((fill, number) => (
          <li key={fill.executionId || number}>
            <time>{clock(fill.time)}</time>
            <span>{whole(fill.quantity)}</span>
            <span>
              at {money(fill.price)}
              {day(fill.time) !== since && `, ${day(fill.time)}`}
              {!fill.exact && <span class="warn"> provisional</span>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** A step, below its day where that is another one. */
const Step = ({ of, since }: { of: OrderHistoryEntry; since: string }) => (
  <>
    {day(of.time) !== since && <li class="day">{day(of.time)}</li>}
    <li>
      <time>{clock(of.time)}</time>
      <Toned word={orderWord(of.state)} />
      <span>
        {of.event.replaceAll("_", " ")}
        {of.filledQuantity > 0n && <span class="dim">, {whole(of.filledQuantity)} filled</span>}
        {of.text && <span class="dim">: {of.text}</span>}
      </span>
    </li>
  </>
);
