// The frame around every view.
import { freshness } from "@/live/link";
import { session } from "@/session/session";
import { Boundary } from "@/ui/boundary";
import { Dialogs } from "@/ui/dialogs";
import { nowMs } from "@/ui/now";
import { Loading } from "@/ui/parts";
import { VIEWS } from "@/views/registry";
import type { View } from "@/views/view";
import { bannersOf } from "./banners";
import { Nav } from "./nav";
import { viewId } from "./route";
import { Toasts } from "./toasts";
import { Top } from "./top";

const { store } = session;

export function Shell() {
  const view = VIEWS.find((one) => one.id === viewId.value) ?? (VIEWS[0] as View);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        to the content
      </button>
      <Top />
      <Banners />
      <Nav chosen={view.id} />
      <Main view={view} />
      <Toasts />
      <Dialogs />
    </div>
  );
}

function Banners() {
  const known = {
    link: session.link.value,
    loaded: store.loaded.value,
    risk: store.risk.value,
    status: store.status.value,
  };
  const banners = bannersOf(known, nowMs.value);
  if (banners.length === 0) return null;
  return (
    <section class="banners" aria-label="Warnings">
      {banners.map((one) => (
        <p key={one.title} class={one.alarm ? "banner alarm" : "banner"}>
          {/* What is behind it counts seconds, and would be read out with each. */}
          <strong role="alert">{one.title}</strong>
          <span>{one.text}</span>
        </p>
      ))}
    </section>
  );
}

function Main({ view }: { view: View }) {
  const old = store.loaded.value && freshness(session.link.value, nowMs.value) === "stale";
  return (
    <main class={old ? "main old" : "main"} id="main" tabIndex={-1}>
      <h1 class="hidden">{view.title}</h1>
      <Boundary key={view.id} what={view.title}>
        {store.loaded.value ? <view.Screen /> : <Loading what="the daemon's state" />}
      </Boundary>
    </main>
  );
}
