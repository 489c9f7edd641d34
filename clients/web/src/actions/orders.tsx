// Ends orders, and changes them.
import type { Order } from "@api/order_pb";
import { signal } from "@preact/signals";
import { session } from "@/session/session";
import { plural, whole } from "@/text/figures";
import { dollars } from "@/text/money";
import { orderWord, sideWord } from "@/text/words";
import { openDialog } from "@/ui/dialogs";
import { TextField } from "@/ui/fields";
import { toast } from "@/ui/toasts";
import { ask } from "./act";
import { Confirm } from "./confirm";
import { dollarsOf, sharesOf } from "./ticket/model";

/** The order as it is while it is asked. */
function Now({ order }: { order: Order }) {
  const of = session.store.orders.one(order.id).value ?? order;
  const at = of.limitPrice ? ` at ${dollars(of.limitPrice)}` : "";
  return (
    <p class="strong">
      {sideWord(of.side).text} {whole(of.quantity)} {of.symbol}
      {at}, {whole(of.filledQuantity)} filled, {orderWord(of.state).text}
    </p>
  );
}

export function askToCancel(of: Order): void {
  openDialog(
    <Confirm
      of={{
        title: "Cancel the order",
        text: (
          <>
            <Now order={of} />
            <p>It may still fill until its end is confirmed.</p>
          </>
        ),
        action: "Cancel the order",
        danger: true,
        send: async () => {
          const outcome = await ask((requestId) => session.api.order.cancelOrder({ requestId, orderId: of.id }));
          if (outcome.answer) toast(`The cancel of ${of.symbol} is on its way.`);
          return outcome;
        },
      }}
    />,
  );
}

export function askToCancelAll(): void {
  openDialog(
    <Confirm
      of={{
        title: "Cancel all orders",
        text: "Cancel all working orders but protective stops?",
        action: "Cancel all",
        danger: true,
        word: "CANCEL",
        send: async () => {
          const outcome = await ask((requestId) => session.api.order.cancelAllOrders({ requestId }));
          if (outcome.answer) toast(`${plural(outcome.answer.orders.length, "order")} being canceled.`);
          return outcome;
        },
      }}
    />,
  );
}

/** Another limit or another quantity; what risk would cut is refused. */
export function askToReplace(of: Order): void {
  const limit = signal("");
  const shares = signal("");
  openDialog(
    <Confirm
      of={{
        title: "Change the order",
        text: (
          <div class="body">
            <Now order={of} />
            <p>Empty fields stay as they are. If risk cuts it, it is refused.</p>
            <TextField label="New limit $" text={limit} placeholder={of.limitPrice ?? ""} numeric autofocus />
            <TextField label="New quantity" text={shares} placeholder={whole(of.quantity)} numeric />
          </div>
        ),
        action: "Change the order",
        word: "CHANGE",
        check: () => {
          if (!limit.value && !shares.value) return "Not sent: a new limit or a new quantity is wanted.";
          if (limit.value && !dollarsOf(limit.value)) return "Not sent: the limit is no price above 0.";
          return shares.value && !sharesOf(shares.value) ? "Not sent: a whole number of shares is wanted." : "";
        },
        send: async () => {
          const limitPrice = dollarsOf(limit.value);
          const quantity = sharesOf(shares.value);
          const change = { ...(limitPrice ? { limitPrice } : {}), ...(quantity ? { quantity } : {}) };
          const outcome = await ask((requestId) =>
            session.api.order.replaceOrder({ requestId, orderId: of.id, ...change }),
          );
          if (outcome.answer) toast(`${outcome.answer.order?.id} takes its place.`);
          return outcome;
        },
      }}
    />,
  );
}
