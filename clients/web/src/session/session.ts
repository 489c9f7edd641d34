// Who looks, and what they may do; what the daemon says to them.

import { Role } from "@api/access_pb";
import type { WatchResponse } from "@api/stream_pb";
import { type Caller, TradingMode } from "@api/system_pb";
import { batch, computed, signal } from "@preact/signals";
import { type Api, connect } from "@/api/clients";
import { type Failure, failureOf, isDenied } from "@/api/failure";
import { Attention } from "@/live/attention";
import { follow } from "@/live/follow";
import { Frames } from "@/live/frames";
import { heard, type Link, lost, NEW_LINK, rested } from "@/live/link";
import { Store } from "@/live/store";
import { TokenKeeper } from "./token";

const PLAY = [TradingMode.PAPER, TradingMode.DEMO];

type Stage = "looking" | "out" | "in";

/** One page's session with its daemon. */
export class Session {
  readonly store = new Store();
  readonly link = signal<Link>(NEW_LINK);
  readonly stage = signal<Stage>("looking");
  readonly caller = signal<Caller | undefined>(undefined);
  /** Why one has to sign in (again). */
  readonly notice = signal("");
  readonly role = computed(() => this.caller.value?.role ?? Role.READ);
  readonly isLive = computed(() => this.store.status.value?.mode === TradingMode.LIVE);
  /** Real money is at stake, or may be: the daemon has not said that it is not. */
  readonly isReal = computed(() => !PLAY.includes(this.store.status.value?.mode ?? TradingMode.UNSPECIFIED));

  private readonly frames = new Frames<WatchResponse>((messages) => this.store.take(messages));
  private readonly keeper = new TokenKeeper(() => this.leave("You signed out in another tab."));
  private readonly attention = new Attention(document);
  private current: Api | undefined;
  private ending = new AbortController();

  /** The daemon's services, as whoever is signed in. */
  get api(): Api {
    if (!this.current) throw new Error("nobody is signed in");
    return this.current;
  }

  /** Changes with each sign-in and sign-out. */
  get who(): object | undefined {
    return this.current;
  }

  /** May the caller do what takes this role? */
  may(role: Role): boolean {
    return this.role.value >= role;
  }

  /** Go on with the token of this browser session, if there is one. */
  async begin(): Promise<void> {
    const token = await this.keeper.search((late) => {
      if (this.stage.peek() === "out") this.enter(late);
    });
    if (token) this.enter(token);
    else this.stage.value = "out";
  }

  /** Sign in; undefined when the daemon takes the token. */
  async signIn(token: string): Promise<Failure | undefined> {
    try {
      const { caller } = await connect(token).system.getStatus({});
      this.caller.value = caller;
      this.enter(token);
      return undefined;
    } catch (thrown) {
      return failureOf(thrown);
    }
  }

  signOut(): void {
    this.keeper.signOut();
    this.leave("");
  }

  private enter(token: string): void {
    this.keeper.keep(token);
    this.ending.abort();
    this.ending = new AbortController();
    // What is said to a token that was here before concerns this one not.
    const api = connect(token, (thrown) => api === this.current && this.onFailure(thrown));
    this.current = api;
    batch(() => {
      this.link.value = { ...NEW_LINK, sinceMs: Date.now() };
      this.stage.value = "in";
      this.notice.value = "";
    });
    void this.listen(api, this.ending.signal);
  }

  private leave(notice: string): void {
    this.ending.abort();
    this.frames.flush();
    this.current = undefined;
    batch(() => {
      this.store.reset();
      this.caller.value = undefined;
      this.notice.value = notice;
      this.stage.value = "out";
    });
  }

  private async listen(api: Api, ended: AbortSignal): Promise<void> {
    void this.look(api);
    const open = (request: Parameters<Api["stream"]["watch"]>[0], signal: AbortSignal) =>
      api.stream.watch(request, { signal, timeoutMs: 0 });
    const ears = {
      message: (message: WatchResponse) => this.frames.push(message),
      heard: () => this.onHeard(api),
      lost: (failure: Failure) => this.onLost(failure),
      rested: () => {
        this.link.value = rested(this.link.peek(), Date.now());
      },
      denied: (failure: Failure) => this.onDenied(failure),
    };
    await follow(open, ears, ended, this.attention);
  }

  /** Who the daemon takes us for: that is not on the stream. */
  private async look(api: Api): Promise<void> {
    try {
      const { caller } = await api.system.getStatus({});
      if (api === this.current) this.caller.value = caller;
    } catch {
      // The stream tells why, and it is asked again when that is back.
    }
  }

  private onHeard(api: Api): void {
    const before = this.link.peek();
    this.link.value = heard(before, Date.now());
    if (before.phase === "lost") this.tell("connected again", "good");
    if (before.phase === "lost" || before.phase === "paused") void this.look(api);
  }

  private onLost(failure: Failure): void {
    if (this.link.peek().phase === "live") this.tell(`connection lost: ${failure.text}`, "bad");
    this.link.value = lost(this.link.peek(), Date.now(), failure.text);
  }

  private onFailure(thrown: unknown): void {
    const failure = failureOf(thrown);
    if (isDenied(failure)) this.onDenied(failure);
  }

  private onDenied(failure: Failure): void {
    if (this.stage.peek() !== "in") return;
    this.keeper.forget();
    this.leave(`The daemon does not take this token: ${failure.text}.`);
  }

  private tell(text: string, tone: "good" | "bad"): void {
    this.store.tell({ timeMs: this.store.asOfMs.peek(), kind: "link", symbol: "", text, tone });
  }
}

export const session = new Session();
