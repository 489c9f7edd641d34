// Asks before something is sent: with a second click, or with a word that is typed letter by letter and a reason.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { closeDialog, Dialog } from "@/ui/dialogs";
import { TextField } from "@/ui/fields";
import { toast } from "@/ui/toasts";
import { type Outcome, refusal } from "./act";

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button says. */
  readonly action: string;
  readonly danger?: boolean;
  /** To be typed, in capitals. */
  readonly word?: string;
  readonly needsReason?: boolean;
  /** What else keeps it from being sent; empty when nothing does. */
  readonly check?: () => string;
  /** Send it. The dialog stays, and says why, when it is refused. */
  readonly send: (reason: string) => Promise<Outcome<unknown>>;
}

export function Confirm({ of }: { of: Question }) {
  const word = useSignal("");
  const reason = useSignal("");
  const missing = useSignal("");
  const busy = useSignal(false);
  const left = useRef(false);
  useEffect(
    () => () => {
      left.current = true;
    },
    [],
  );
  const submit = async (event: Event) => {
    event.preventDefault();
    missing.value = of.check?.() || missingOf(of, word.value, reason.value);
    if (missing.value || busy.value) return;
    busy.value = true;
    const { failure } = await of.send(reason.value.trim());
    busy.value = false;
    if (!failure && !left.current) closeDialog();
    if (failure && left.current) toast(refusal(failure), "bad");
    else if (failure) missing.value = refusal(failure);
  };
  return (
    <Dialog title={of.title}>
      <form onSubmit={submit}>
        <div class="body">
          <div>{of.text}</div>
          {of.needsReason && <TextField label="Reason, recorded" text={reason} autofocus maxLength={200} />}
          {of.word && <TextField label={`Type ${of.word}`} text={word} autofocus={!of.needsReason} maxLength={20} />}
          {missing.value && (
            <p class="bad" role="alert">
              {missing}
            </p>
          )}
        </div>
        <footer>
          <button type="button" class="button" onClick={closeDialog} autofocus={!of.word && !of.needsReason}>
            Keep as it is
          </button>
          <button type="submit" class={of.danger ? "button alarm" : "button primary"} disabled={busy.value}>
            {busy.value ? "Sending …" : of.action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** What keeps the question from being sent; empty when nothing does. */
export function missingOf(of: Pick<Question, "word" | "needsReason">, word: string, reason: string): string {
  if (of.needsReason && !reason.trim()) return "Not sent: say why, it is recorded.";
  if (of.word && word !== of.word) return `Not sent: the word is ${of.word}, in capitals.`;
  return "";
}
