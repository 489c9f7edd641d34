// The way in: a token, typed or pasted. It goes to the daemon in a header, and nowhere else.
import { useSignal } from "@preact/signals";
import icon from "@/icon.svg";
import { session } from "@/session/session";

export function Gate() {
  const token = useSignal("");
  const busy = useSignal(false);
  const wrong = useSignal("");
  const submit = async (event: Event) => {
    event.preventDefault();
    const given = token.value.trim();
    // A header carries nothing else.
    if (!/^[!-~]+$/.test(given)) {
      wrong.value = given ? "This is no token: it has letters that no token has." : "Enter a token.";
      return;
    }
    busy.value = true;
    const failure = await session.signIn(given);
    busy.value = false;
    wrong.value = failure ? `${failure.text}.` : "";
  };
  const note = wrong.value || session.notice.value;
  return (
    <main class="gate">
      <form onSubmit={submit}>
        <h1>
          <img src={icon} alt="" width={30} height={30} />
          FluxHero
        </h1>
        {note && (
          <p class="note" role="alert">
            {note}
          </p>
        )}
        <div class="field">
          <label for="token">Token</label>
          <input
            id="token"
            class="input"
            type="password"
            autocomplete="current-password"
            autofocus
            spellcheck={false}
            placeholder="fhx_…"
            value={token.value}
            onInput={(event) => {
              token.value = event.currentTarget.value;
            }}
          />
        </div>
        <button type="submit" class="button primary" disabled={busy.value}>
          {busy.value ? "Signing in …" : "Sign in"}
        </button>
        <p class="dim">
          On the daemon's machine <code>fluxherod token create --role read --name browser</code> makes one; the first
          start left <code>read.token</code>, <code>trade.token</code> and <code>admin.token</code> in its state folder.
          This tab keeps it until it is closed.
        </p>
      </form>
    </main>
  );
}
