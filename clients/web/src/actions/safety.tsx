// What stops trading, and what lets it go on. Each takes a typed word and a reason.
import { session } from "@/session/session";
import { plural, whole } from "@/text/figures";
import { breakerWord, positionWord } from "@/text/words";
import { openDialog } from "@/ui/dialogs";
import { toast } from "@/ui/toasts";
import { ask } from "./act";
import { Confirm } from "./confirm";
import { resetOf } from "./reset";

const { store } = session;

export function askToHalt(): void {
  const text =
    "Working entries are canceled, stops stay where they are, and no new risk is taken until an admin resumes. It survives a restart of the daemon.";
  openDialog(
    <Confirm
      of={{
        title: "Halt trading",
        text,
        action: "Halt trading",
        danger: true,
        word: "HALT",
        needsReason: true,
        send: async (reason) => {
          const outcome = await ask((requestId) => session.api.risk.halt({ requestId, reason }));
          if (outcome.answer)
            toast(`Trading is halted; entries being canceled: ${outcome.answer.cancelingOrderIds.length}.`);
          return outcome;
        },
      }}
    />,
  );
}

/** The positions of ours, as they are while it is asked. */
function Held() {
  const held = store.positions.all.filter((one) => !one.foreign);
  const listed = held.map((one) => `${one.symbol} ${positionWord(one.side).text} ${whole(one.quantity)}`).join(", ");
  return <p class="strong">Open now: {listed || "nothing"}</p>;
}

export function askToFlatten(): void {
  openDialog(
    <Confirm
      of={{
        title: "Flatten",
        text: (
          <>
            <p>
              Halt trading, cancel all orders and close all positions of FluxHero at the market. Outside the session
              this waits for the open.
            </p>
            <Held />
          </>
        ),
        action: "Close everything",
        danger: true,
        word: "FLATTEN",
        needsReason: true,
        send: async (reason) => {
          const outcome = await ask((requestId) => session.api.risk.flatten({ requestId, reason }));
          if (outcome.answer) {
            toast(`Halted; closing: ${outcome.answer.closingSymbols.join(" ") || "no position is open"}.`);
          }
          return outcome;
        },
      }}
    />,
  );
}

function HaltedBy() {
  const risk = store.risk.value;
  return <p>{risk?.halted ? `End the halt: ${risk.haltReason}` : "Trading is not halted, as far as is known here."}</p>;
}

export function askToResume(): void {
  openDialog(
    <Confirm
      of={{
        title: "Resume trading",
        text: <HaltedBy />,
        action: "Resume trading",
        word: "RESUME",
        needsReason: true,
        send: async (reason) => {
          const outcome = await ask((requestId) => session.api.risk.resume({ requestId, reason }));
          if (outcome.answer) toast("Trading goes on.");
          return outcome;
        },
      }}
    />,
  );
}

/** What a reset does, as things stand while it is asked. */
function WhatIsReset() {
  const risk = store.risk.value;
  return (
    <>
      <p class="strong">
        The breaker is {breakerWord(risk?.breaker).text}.{risk?.breakerReason && ` ${risk.breakerReason}`}
      </p>
      <p>{resetOf(risk).text}</p>
    </>
  );
}

export function askToReset(): void {
  openDialog(
    <Confirm
      of={{
        title: "Reset the breaker",
        text: <WhatIsReset />,
        action: "Reset",
        word: "RESET",
        needsReason: true,
        send: async (reason) => {
          const { target } = resetOf(store.risk.peek());
          const outcome = await ask((requestId) => session.api.risk.resetBreaker({ requestId, reason, target }));
          if (outcome.answer) toast(`The breaker is ${breakerWord(outcome.answer.risk?.breaker).text} now.`);
          return outcome;
        },
      }}
    />,
  );
}

/** Close all positions of ours; trading goes on. */
export function askToCloseAll(): void {
  openDialog(
    <Confirm
      of={{
        title: "Close all positions",
        text: (
          <>
            <p>Close all positions of FluxHero at the market. Trading goes on afterwards.</p>
            <Held />
          </>
        ),
        action: "Close all",
        danger: true,
        word: "CLOSE",
        send: async () => {
          const reason = "closed in the browser";
          const outcome = await ask((requestId) => session.api.position.closeAllPositions({ requestId, reason }));
          if (outcome.answer) toast(`${plural(outcome.answer.positions.length, "position")} being closed.`);
          return outcome;
        },
      }}
    />,
  );
}
