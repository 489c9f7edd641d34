// How a call failed, in the daemon's own words.
import { type RiskDecision, RiskDecisionSchema } from "@api/risk_pb";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "@/gen/google/rpc/error_details_pb";
import { seconds } from "@/text/times";

export interface Failure {
  readonly code: Code;
  /** Stable, such as `RISK_REJECTED`; empty when the daemon did not answer. */
  readonly reason: string;
  /** A sentence for people. */
  readonly text: string;
  /** What is wrong with which field of the request. */
  readonly fields: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryS: number;
  /** The call may or may not have been, or be, carried out: it may be sent again under its own request id. */
  readonly unanswered: boolean;
  /** It was refused before anybody looked whether it had been answered before. */
  readonly atTheDoor: boolean;
  /** What risk decided, where that is why. */
  readonly decision: RiskDecision | undefined;
}

/** Taken, and no more is known: the disk failed, the daemon was stopping or failed itself. */
const OPEN = new Set(["NOT_DURABLE", "SHUTTING_DOWN", "INTERNAL"]);
/** What whoever stands before the daemon refuses is not carried out; everything else without a reason is an answer that was lost. */
const SETTLED = new Set<Code>([Code.Unauthenticated, Code.PermissionDenied, Code.Unimplemented]);
const DOOR = new Set<string | Code>([
  ...SETTLED,
  "NOT_READY",
  "LIMIT_EXCEEDED",
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "TOKENS_UNREADABLE",
  "ROLE_INSUFFICIENT",
]);

/** The failure that an exception of a call is. */
export function failureOf(thrown: unknown): Failure {
  const error = ConnectError.from(thrown);
  const info = error.findDetails(ErrorInfoSchema)[0];
  const wrong = error.findDetails(BadRequestSchema)[0]?.fieldViolations ?? [];
  const reason = info?.reason ?? "";
  return {
    code: error.code,
    reason,
    unanswered: reason ? OPEN.has(reason) : !SETTLED.has(error.code),
    atTheDoor: DOOR.has(reason || error.code),
    text: info ? error.rawMessage : plainText(error),
    fields: Object.fromEntries(wrong.map(({ field, description }) => [field, description])),
    metadata: info?.metadata ?? {},
    retryS: seconds(error.findDetails(RetryInfoSchema)[0]?.retryDelay) ?? 0,
    decision: error.findDetails(RiskDecisionSchema)[0],
  };
}

/** What the browser says of a daemon that is not there helps nobody. */
function plainText(error: ConnectError): string {
  const unreached =
    error.code === Code.Unavailable || /failed to fetch|network ?error|load failed/i.test(error.message);
  if (unreached || error.code === Code.Unknown) return "the daemon does not answer";
  return error.code === Code.DeadlineExceeded ? "the daemon did not answer in time" : error.rawMessage;
}

/** The token is not, or no longer, valid: only another one helps. */
export const isDenied = (failure: Failure): boolean =>
  failure.reason === "TOKEN_INVALID" || failure.reason === "TOKEN_MISSING" || failure.code === Code.Unauthenticated;
