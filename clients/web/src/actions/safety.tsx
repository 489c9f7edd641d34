// What stops trading, and what lets it go on. Each takes a typed word and a reason.
import { BreakerState } from "@api/risk_pb";
import { session } from "@/session/session";
import { plural, whole } from "@/text/figures";
import { breakerWord, positionWord } from "@/text/words";
import { openDialog } from "@/ui/dialogs";
import { toast } from "@/ui/toasts";
import { ask } from "./act";
import { Confirm } from "./confirm";

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

export function askToFlatten(): void {
  const held = store.positions.all.filter((one) => !one.foreign);
  const listed = held.map((one) => `${one.symbol} ${positionWord(one.side).text} ${whole(one.quantity)}`).join(", ");
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
            <p class="strong">Open now: {listed || "nothing"}</p>
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

export function askToResume(): void {
  const risk = store.risk.value;
  openDialog(
    <Confirm
      of={{
        title: "Resume trading",
        text: risk?.halted ? `End the halt: ${risk.haltReason}` : "Trading is not halted, as far as is known here.",
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

export function askToReset(): void {
  const risk = store.risk.value;
  const text = `The breaker is ${breakerWord(risk?.breaker).text}. ${risk?.breakerReason ?? ""} Resetting lets entries be taken again: from disabled to reduced first, from reduced to normal next; where a daily loss is latched, that one alone.`;
  openDialog(
    <Confirm
      of={{
        title: "Reset the breaker",
        text,
        action: "Reset",
        word: "RESET",
        needsReason: true,
        send: async (reason) => {
          const target = BreakerState.UNSPECIFIED;
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
  const held = store.positions.all.filter((one) => !one.foreign);
  openDialog(
    <Confirm
      of={{
        title: "Close all positions",
        text: `Close ${plural(held.length, "position")} of FluxHero at the market. Trading goes on afterwards.`,
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
