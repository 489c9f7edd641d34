// Everything that changes something goes through here: one request id for each intent, however often it must be sent.
import { type Failure, failureOf } from "@/api/failure";
import { session } from "@/session/session";
import { toast } from "@/ui/toasts";

const TRIES = 3;
const PAUSE_MS = 400;

export type Outcome<T> =
  | { readonly answer: T; readonly failure?: never }
  | { readonly failure: Failure; readonly answer?: never };

/**
 * Ask the daemon for a change. A call that got no answer is sent again under the same id, so that it is carried out once;
 * `requestId` is that of an intent which had none before, or which is in `doubt`: it was sent, and what became of it is not
 * known. Ids are the token's own: once somebody else is signed in, it is not sent again.
 */
export async function ask<T>(
  call: (requestId: string) => Promise<T>,
  requestId: string = crypto.randomUUID(),
  doubt = false,
): Promise<Outcome<T>> {
  const { who } = session;
  for (let tries = 1, open = doubt; ; tries += 1) {
    try {
      return { answer: await call(requestId) };
    } catch (thrown) {
      const failure = failureOf(thrown);
      // A refusal at the door says nothing of the call before this one.
      open = failure.unanswered || (open && failure.atTheDoor);
      const ended = { failure: { ...failure, unanswered: open } };
      if (!open || tries === TRIES) return ended;
      await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE_MS * tries, failure.retryS * 1000)));
      if (session.who !== who) return ended;
    }
  }
}

/** The same, and tell what came of it in a corner of the page. */
export async function act<T>(done: string, call: (requestId: string) => Promise<T>): Promise<Outcome<T>> {
  const outcome = await ask(call);
  if (outcome.failure) toast(refusal(outcome.failure), "bad");
  else toast(done);
  return outcome;
}

/** Why it was not done; of a call without an answer, that nobody knows. */
export function refusal(failure: Failure): string {
  if (failure.unanswered) {
    const why = failure.reason ? failure.text : "No answer came";
    return `${why}: it may or may not have been done. Look before you ask again.`;
  }
  const fields = Object.entries(failure.fields).map(([field, text]) => `${field}: ${text}`);
  return [failure.text, ...fields].join("; ");
}
