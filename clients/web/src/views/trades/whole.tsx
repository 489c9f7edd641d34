// One trade with all that belongs to it.
import type { GetTradeResponse, Trade } from "@api/trade_pb";
import { session } from "@/session/session";
import { hrefOf } from "@/shell/route";
import { whole } from "@/text/figures";
import { dollars } from "@/text/money";
import { dayAndClock } from "@/text/times";
import { orderWord, positionWord, regimeWord, roleWord, sideWord, strategyWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Facts, Gain, GainPercent, Panel, SymbolLink, Toned } from "@/ui/parts";
import { Leave } from "@/views/orders/life";
import { endedOf, heldOf } from "./model";

const { store } = session;

export function Whole({ id }: { id: string }) {
  const asked = useAsked((stop) => {
    store.renewals.value;
    store.traded.value;
    return session.api.trade.getTrade({ tradeId: id }, { signal: stop });
  });
  return (
    <Panel title="Trade" class="detail" reads tools={<Leave to="trades" />}>
      <Shown asked={asked} what="the trade">
        {(answer) =>
          answer.trade && (
            <div class="reading">
              <What of={answer.trade} />
              <Orders of={answer} />
            </div>
          )
        }
      </Shown>
    </Panel>
  );
}

export const Held = ({ of }: { of: Trade }) => <>{heldOf(of, of.closedAt ? 0 : store.second.value)}</>;

/** What it earned, net; of one of which nothing was sold yet that is but its commission, and says nothing. */
export const Net = ({ of }: { of: Trade }) =>
  of.exitQuantity ? <Gain amount={of.netPnl} /> : <span class="dim">open</span>;
export const NetPercent = ({ of }: { of: Trade }) => (
  <GainPercent value={of.exitQuantity ? of.realizedPnlPct : undefined} />
);

function What({ of }: { of: Trade }) {
  return (
    <>
      <p>
        <SymbolLink of={of.symbol} />{" "}
        <strong>
          {positionWord(of.side).text} {whole(of.entryQuantity)}
        </strong>{" "}
        <Net of={of} /> (<NetPercent of={of} />)
      </p>
      <Facts
        of={[
          ["Entry", `${dollars(of.entryPrice)}, ${dayAndClock(of.openedAt)} ET`],
          ["Exit", of.closedAt ? `${dollars(of.exitPrice)}, ${dayAndClock(of.closedAt)} ET` : dollars(of.exitPrice)],
          ["Why it ended", endedOf(of)],
          ["Held", <Held of={of} />],
          ["First stop", dollars(of.stopPrice)],
          ["P&L", <Gain amount={of.realizedPnl} />],
          ["Commission", dollars(of.commission)],
          ["Mode", `${strategyWord(of.mode).text}, regime ${regimeWord(of.regime).text}`],
          ["Signal", of.signalId ? <a href={hrefOf("signals", of.signalId)}>{of.signalReason || of.signalId}</a> : ""],
        ]}
      />
    </>
  );
}

function Orders({ of }: { of: GetTradeResponse }) {
  return (
    <>
      <h3>Orders</h3>
      <ol class="history">
        {of.orders.map((order) => (
          <li key={order.id}>
            <span>{roleWord(order.role).text}</span>
            <Toned word={orderWord(order.state)} />
            <a href={hrefOf("orders", order.id)}>
              {sideWord(order.side).text} {whole(order.filledQuantity)}/{whole(order.quantity)}
              {order.averageFillPrice && ` at ${dollars(order.averageFillPrice)}`}
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}
