// What has happened since the page was opened, newest first.

import type { Entry } from "@/live/happenings";
import { session } from "@/session/session";
import { NOTHING } from "@/text/money";
import { ZONE } from "@/text/times";
import { Empty, Panel } from "@/ui/parts";

const { store } = session;
const MOST = 60;
const CLOCK = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, timeStyle: "medium", hourCycle: "h23" });

export const timeOf = (entry: Entry): string => (entry.timeMs ? CLOCK.format(entry.timeMs) : NOTHING);

export function Happenings({ most = MOST }: { most?: number }) {
  const entries = store.happenings.value.slice(-most).reverse();
  return (
    <Panel title="Activity" class="activity">
      {entries.length ? (
        <ol class="feed">
          {entries.map((entry, number) => (
            <li key={`${entry.timeMs}${entry.text}${number}`}>
              <time>{timeOf(entry)}</time>
              <span class="symbol">{entry.symbol || entry.kind}</span>
              <span class={entry.tone}>{entry.text}</span>
            </li>
          ))}
        </ol>
      ) : (
        <Empty>Nothing has happened since this page was opened.</Empty>
      )}
    </Panel>
  );
}
