// The order ticket: what risk says to it stands beside it while it is being written. Nothing is sent without a second yes.
import { Role } from "@api/access_pb";
import { OrderRole, type PreviewOrderResponse } from "@api/order_pb";
import { computed, type ReadonlySignal, type Signal, signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { type Failure, failureOf } from "@/api/failure";
import { Decision } from "@/decision/decision";
import { session } from "@/session/session";
import { price, whole } from "@/text/figures";
import { positionWord, roleWord } from "@/text/words";
import { closeDialog, Dialog, openDialog } from "@/ui/dialogs";
import { ChoiceField, TextField } from "@/ui/fields";
import { toast } from "@/ui/toasts";
import { ask, refusal } from "../act";
import { type Draft, isWordMissing, type Name, sentenceOf, type Ticket, writtenOf } from "./model";

const { store } = session;
const TYPING_PAUSE_MS = 250;

/** Orders that got no answer may have arrived: sent again under its own id, none can be placed twice. */
const unanswered = new Map<string, string>();

/** The way to the ticket; nothing for those who may not trade. */
export function TicketButton({ symbol = "" }: { symbol?: string }) {
  if (!session.may(Role.TRADE)) return null;
  return (
    <button type="button" class="button primary small" onClick={() => openTicket(symbol)}>
      New order
    </button>
  );
}

export function openTicket(symbol: string): void {
  openDialog(<TicketDialog symbol={symbol} />);
}

type Fields = { readonly [K in keyof Draft]: Signal<Draft[K]> };

/** A ticket while it is written. */
class Desk {
  readonly fields: Fields;
  readonly cut = signal<"refuse" | "accept">("refuse");
  readonly written: ReadonlySignal<ReturnType<typeof writtenOf>>;
  /** What risk says; of another order than the one that is written while `asking`. */
  readonly said = signal<PreviewOrderResponse | undefined>(undefined);
  readonly refused = signal<Failure | undefined>(undefined);
  readonly asking = signal(false);
  /** It was refused when it was sent, not when risk was asked. */
  readonly sent = signal(false);
  readonly tried = signal(false);
  /** The order that is to be sent, as soon as somebody says so once more. */
  readonly toSend = signal<Ticket | undefined>(undefined);
  readonly word = signal("");
  readonly busy = signal(false);
  /** What is held of the symbol: whether the order opens risk, or reduces it, depends on it. */
  private readonly held = computed(() => {
    const held = store.positions.one(this.written.value.order?.symbol ?? "").value;
    return held && `${held.side} ${held.quantity}`;
  });
  private asked: Ticket | undefined;
  /** Nobody looks at it any longer. */
  left = false;

  constructor(symbol: string) {
    this.fields = {
      symbol: signal(symbol),
      side: signal<Draft["side"]>("buy"),
      quantity: signal(""),
      type: signal<Draft["type"]>("limit"),
      limit_price: signal(""),
      stop_loss_price: signal(""),
    };
    this.written = computed(() => writtenOf(this.draft()));
  }

  /** What is wrong with a field: what was typed there, or, of one without anything, once it was to be sent. */
  wrong(name: Name): string | undefined {
    const own = this.written.value.wrong[name];
    if (own) return this.tried.value || this.fields[name].value ? own : undefined;
    return this.refused.value?.fields[name];
  }

  /** Ask risk about the order that is written; the returned function gives it up. What became of it when it was sent stays. */
  preview(): () => void {
    const { order } = this.written.value;
    store.renewals.value;
    this.held.value;
    if (order !== this.asked || !this.sent.peek()) {
      this.refused.value = undefined;
      this.sent.value = false;
    }
    this.asked = order;
    this.asking.value = order !== undefined;
    if (!order) this.said.value = undefined;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      if (!order) return;
      try {
        const said = await session.api.order.previewOrder(order, { signal: stop.signal });
        if (!stop.signal.aborted) this.said.value = said;
      } catch (thrown) {
        if (!stop.signal.aborted && !this.sent.peek()) this.refused.value = failureOf(thrown);
      }
      if (!stop.signal.aborted) this.asking.value = false;
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  /** It only reduces what is held. The daemon does that at the market alone, and refuses a limit. */
  get reduces(): boolean {
    return this.said.value?.role === OrderRole.EXIT;
  }

  /** The first yes. */
  review(): void {
    this.tried.value = true;
    this.word.value = "";
    this.toSend.value = this.written.value.order;
  }

  /** What is still missing for the second one. */
  get wordMissing(): boolean {
    const order = this.toSend.value;
    return order !== undefined && isWordMissing(order, this.word.value, session.isReal.value);
  }

  async send(): Promise<void> {
    const order = this.toSend.value;
    if (!order || this.busy.value || this.wordMissing) return;
    const acceptAdjusted = this.cut.value === "accept";
    const said = `${sentenceOf(order)} ${acceptAdjusted}`;
    const doubt = unanswered.has(said);
    const id = unanswered.get(said) ?? crypto.randomUUID();
    this.busy.value = true;
    // Known before it is sent: the same order, written once more while nobody knows, goes under the same id.
    unanswered.set(said, id);
    const place = (requestId: string) => session.api.order.placeOrder({ requestId, acceptAdjusted, ...order });
    const { answer, failure } = await ask(place, id, doubt);
    this.busy.value = false;
    this.toSend.value = undefined;
    if (!failure?.unanswered) unanswered.delete(said);
    this.refused.value = failure;
    this.sent.value = true;
    if (failure) {
      if (this.left) toast(refusal(failure), "bad");
      return;
    }
    const once = doubt ? ", once: it is the order that got no answer" : "";
    toast(`${whole(answer?.order?.quantity ?? order.quantity)} ${order.symbol} on its way${once}.`);
    if (!this.left) closeDialog();
  }

  private draft(): Draft {
    const entries = Object.entries(this.fields).map(([name, field]) => [name, field.value]);
    return Object.fromEntries(entries) as Draft;
  }
}

function TicketDialog({ symbol }: { symbol: string }) {
  const desk = useMemo(() => new Desk(symbol), []);
  useSignalEffect(() => desk.preview());
  useEffect(
    () => () => {
      desk.left = true;
    },
    [],
  );
  const submit = (event: Event) => {
    event.preventDefault();
    if (desk.toSend.value) void desk.send();
    else desk.review();
  };
  return (
    <Dialog title="Order" wide>
      <form class="ticket" onSubmit={submit}>
        <Form desk={desk} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its room is scrolled by keyboard, too */}
        <section class="reading said" aria-label="What risk says" aria-live="polite" tabIndex={0}>
          <Said desk={desk} />
        </section>
        {desk.toSend.value ? <Sure desk={desk} order={desk.toSend.value} /> : <Review back={desk.tried.peek()} />}
      </form>
    </Dialog>
  );
}

function Form({ desk }: { desk: Desk }) {
  const { fields } = desk;
  const text = (name: Name, label: string, autofocus = false) => (
    <TextField
      label={label}
      text={fields[name]}
      wrong={desk.wrong(name)}
      numeric
      maxLength={14}
      autofocus={autofocus}
    />
  );
  return (
    <fieldset class="form" disabled={desk.toSend.value !== undefined}>
      <TextField
        label="Symbol"
        text={fields.symbol}
        wrong={desk.wrong("symbol")}
        options={store.symbols.value}
        autofocus={!fields.symbol.peek()}
        maxLength={14}
      />
      <Known symbol={fields.symbol.value.trim().toUpperCase()} />
      <div class="pair">
        <ChoiceField
          label="Side"
          chosen={fields.side}
          options={[
            ["buy", "Buy"],
            ["sell", "Sell"],
          ]}
        />
        {text("quantity", "Shares", Boolean(fields.symbol.peek()))}
      </div>
      <div class="pair">
        <ChoiceField
          label="Type"
          chosen={fields.type}
          options={[
            ["limit", "Limit"],
            ["market", "Market"],
          ]}
        />
        {fields.type.value === "limit" && text("limit_price", "Limit $")}
      </div>
      {text("stop_loss_price", "Stop loss $, a must when it opens risk")}
      <ChoiceField
        label="If risk cuts it"
        chosen={desk.cut}
        options={[
          ["refuse", "place nothing"],
          ["accept", "place fewer shares"],
        ]}
      />
    </fieldset>
  );
}

/** What is known of the symbol: its price, and what is held. */
function Known({ symbol }: { symbol: string }) {
  const now = store.prices.one(symbol).value;
  const held = store.positions.one(symbol).value;
  if (!now) return null;
  return (
    <p class="dim">
      <strong>{price(now.price)}</strong> bid {price(now.bid)} ask {price(now.ask)}
      {held && `, held: ${positionWord(held.side).text} ${whole(held.quantity)}`}
    </p>
  );
}

function Said({ desk }: { desk: Desk }) {
  const refused = desk.refused.value;
  if (refused) return <Refused of={refused} sent={desk.sent.value} />;
  const said = desk.said.value;
  if (!desk.written.value.order) return <p class="dim">What risk says to the order stands here.</p>;
  if (!said?.decision) return <p class="dim">Asking the risk engine …</p>;
  return (
    <div class={desk.asking.value ? "reading old" : "reading"}>
      <p>Risk says to this {roleWord(said.role).text}:</p>
      {desk.reduces && <p class="warn">It only reduces what is held.</p>}
      <Decision of={said.decision} />
    </div>
  );
}

/** What the daemon said no with; risk's own decision where there is one. */
function Refused({ of, sent }: { of: Failure; sent: boolean }) {
  return (
    <>
      <p class="bad" role="alert">
        {sent && !of.unanswered && <strong>Not placed: </strong>}
        {refusal(of)}
      </p>
      {of.decision && <Decision of={of.decision} />}
    </>
  );
}

const focus = (element: HTMLElement | null) => element?.focus();

const Review = ({ back }: { back: boolean }) => (
  <footer>
    <button type="button" class="button" onClick={closeDialog}>
      Leave
    </button>
    <button type="submit" class="button primary" ref={back ? focus : null}>
      Place the order …
    </button>
  </footer>
);

const REAL = "This is REAL MONEY.";
const MAY_BE_REAL = "It is not known whether this is REAL MONEY.";

function Sure({ desk, order }: { desk: Desk; order: Ticket }) {
  const cut = desk.cut.value === "accept" ? "; fewer shares, if risk cuts it" : "";
  const reduces = desk.reduces ? "; it reduces what is held" : "";
  return (
    <footer class="sure">
      <p>
        <strong>{sentenceOf(order) + cut + reduces}</strong>
        {session.isReal.value && <strong class="bad"> {session.isLive.value ? REAL : MAY_BE_REAL}</strong>}
      </p>
      {session.isReal.value && <TextField label={`Type ${order.symbol}`} text={desk.word} maxLength={14} />}
      <button type="submit" class="button alarm" disabled={desk.busy.value || desk.wordMissing}>
        {desk.busy.value ? "Sending …" : "Send it"}
      </button>
      {/* It stands where the first yes was clicked: a second click there sends nothing. */}
      <button
        type="button"
        class="button"
        ref={focus}
        onClick={() => {
          desk.toSend.value = undefined;
        }}
      >
        Change it
      </button>
    </footer>
  );
}
