// What is always visible: what is traded with, how the connection is, and what has stopped trading.

import { Role } from "@api/access_pb";
import { SessionPhase } from "@api/system_pb";
import { computed } from "@preact/signals";
import icon from "@/icon.svg";
import { ageMs, freshness, heartbeat } from "@/live/link";
import { session } from "@/session/session";
import type { Tone } from "@/text/money";
import { millis, span, ZONE } from "@/text/times";
import { accessWord, breakerWord, modeWord, sessionWord, tradingWord } from "@/text/words";
import { Icon } from "@/ui/icons";
import { nowMs } from "@/ui/now";
import { Badge } from "@/ui/parts";
import { theme, toggleTheme } from "@/ui/theme";
import { Safety } from "./safety";

const { store } = session;
const CLOCK = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export function Top() {
  return (
    <header class={`top ${store.status.value && session.isReal.value ? "live" : ""}`}>
      <a class="brand" href="#/live" aria-label="FluxHero, to the first view">
        <img src={icon} alt="" width={22} height={22} />
        <span class="wide">FluxHero</span>
      </a>
      <Mode />
      <Trading />
      <span class="spacer" />
      <Clock />
      <Heartbeat />
      <Safety />
      <Who />
    </header>
  );
}

function Mode() {
  const status = store.status.value;
  if (!status) return null;
  const { text } = modeWord(status.mode);
  // One that is not known may be real money.
  return (
    <strong class={`mode ${session.isReal.value ? "live" : text.toLowerCase()}`} title="what is traded with">
      {text}
    </strong>
  );
}

function Trading() {
  const status = store.status.value;
  const risk = store.risk.value;
  if (!status) return null;
  const breaker = breakerWord(risk?.breaker);
  return (
    <>
      <span class={`badge ${tradingWord(status.state).tone}`} title={status.stateDetail}>
        {tradingWord(status.state).text}
      </span>
      {risk && breaker.tone !== "good" && <Badge word={{ text: `breaker ${breaker.text}`, tone: breaker.tone }} />}
      {session.role.value === Role.READ && session.caller.value && <Badge word={accessWord(Role.READ)} />}
    </>
  );
}

/** The trading clock, by the second: every message moves it. */
const shownTime = computed(() => {
  const at = Math.max(store.asOfMs.value, millis(store.status.value?.clock?.time) ?? 0);
  return at ? CLOCK.format(Math.floor(at / 1000) * 1000).replace(".", "") : "";
});

function Clock() {
  const phase = store.status.value?.session?.phase;
  if (!shownTime.value) return null;
  return (
    <span class="fact">
      {phase !== undefined && phase !== SessionPhase.UNSPECIFIED && <Badge word={sessionWord(phase)} />}
      <span class="wide" title="the exchange's time">
        {shownTime} ET
      </span>
    </span>
  );
}

const BEATS: Readonly<Record<string, Tone>> = { active: "good", delayed: "warn", offline: "bad" };

function Heartbeat() {
  const link = session.link.value;
  const age = ageMs(link, nowMs.value);
  const beat = heartbeat(link, nowMs.value);
  const fresh = freshness(link, nowMs.value);
  const word = link.phase === "live" ? (fresh === "fresh" ? beat : fresh) : link.phase;
  const tone = link.phase !== "live" || fresh === "stale" ? "bad" : fresh === "late" ? "warn" : BEATS[beat];
  return (
    <span class="heartbeat" title="when the daemon last said that what you see holds">
      <span class={`dot ${tone}`} />
      <span class={tone} role="status">
        {word}
      </span>
      <span class="age">{age === undefined ? "" : span(age / 1000)}</span>
    </span>
  );
}

function Who() {
  const caller = session.caller.value;
  const other = theme.value === "dark" ? "light" : "dark";
  return (
    <span class="fact">
      <span class="wide dim" title={caller ? `role: ${accessWord(caller.role).text}` : ""}>
        {caller?.name.replace(/^token:/, "")}
      </span>
      <button
        type="button"
        class="icon-button"
        onClick={toggleTheme}
        aria-label={`use the ${other} theme`}
        title={`${other} theme`}
      >
        <Icon name={other === "light" ? "sun" : "moon"} />
      </button>
      <button
        type="button"
        class="icon-button"
        onClick={() => session.signOut()}
        aria-label="sign out"
        title="sign out"
      >
        <Icon name="out" />
      </button>
    </span>
  );
}
