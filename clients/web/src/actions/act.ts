// Everything that changes something goes through here: one request id for each intent, however often it must be sent.
import { type Failure, failureOf, isUnanswered } from "@/api/failure";
import { toast } from "@/ui/toasts";

const TRIES = 3;
const PAUSE_MS = 400;

export type Outcome<T> =
  | { readonly answer: T; readonly failure?: never }
  | { readonly failure: Failure; readonly answer?: never };

/**
 * Ask the daemon for a change. A call that got no answer is sent again under the same id, so that it is carried out once;
 * `requestId` is that of an intent which had none before.
 */
export async function ask<T>(
  call: (requestId: string) => Promise<T>,
  requestId: string = crypto.randomUUID(),
): Promise<Outcome<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { answer: await call(requestId) };
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (!isUnanswered(failure) || tries === TRIES) return { failure };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
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
  if (isUnanswered(failure)) return "No answer came: it may or may not have been done. Look before you ask again.";
  const fields = Object.entries(failure.fields).map(([field, text]) => `${field}: ${text}`);
  return [failure.text, ...fields].join("; ");
}
