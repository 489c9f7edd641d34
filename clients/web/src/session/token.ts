// Where the token is kept: in this tab's own storage, for this origin alone, until the tab is closed. Another tab of the
// dashboard may ask for it. It is never in a URL, a cookie (which every port of this host would be sent) or localStorage.

const KEY = "fluxhero.token";
const CHANNEL = "fluxhero.session";
const HANDOVER_MS = 150;

type Message = { readonly ask: true } | { readonly token: string } | { readonly out: true };

export class TokenKeeper {
  private readonly channel = new BroadcastChannel(CHANNEL);
  private token = sessionStorage.getItem(KEY) ?? "";

  /** `signedOut` hears that another tab has ended the session. */
  constructor(signedOut: () => void) {
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ("ask" in data && this.token) this.channel.postMessage({ token: this.token } satisfies Message);
      if ("out" in data) {
        this.forget();
        signedOut();
      }
    };
  }

  /**
   * The token of this tab, or of another one that is open; empty without either. A tab that is busy, or that the browser
   * lets sleep, answers when the way in stands open already: `late` hears it then.
   */
  async search(late: (token: string) => void): Promise<string> {
    return this.token || (await this.ask(late));
  }

  keep(token: string): void {
    this.token = token;
    sessionStorage.setItem(KEY, token);
  }

  /** End the session in every tab. */
  signOut(): void {
    this.forget();
    this.channel.postMessage({ out: true } satisfies Message);
  }

  forget(): void {
    this.token = "";
    sessionStorage.removeItem(KEY);
  }

  private ask(late: (token: string) => void): Promise<string> {
    const asking = new BroadcastChannel(CHANNEL);
    return new Promise((resolve) => {
      let found: (token: string) => void = resolve;
      setTimeout(() => {
        found = late;
        resolve("");
      }, HANDOVER_MS);
      asking.onmessage = ({ data }: MessageEvent<Message>) => {
        if (!("token" in data)) return;
        asking.close();
        found(data.token);
      };
      asking.postMessage({ ask: true } satisfies Message);
    });
  }
}
