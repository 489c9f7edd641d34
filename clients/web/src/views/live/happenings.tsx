// What has happened since the page was opened, newest first.

import { session } from "@/session/session";
import { clockOrDay } from "@/text/times";
import { Empty, Panel } from "@/ui/parts";

const { store } = session;
const MOST = 60;

export function Happenings({ most = MOST }: { most?: number }) {
  const now = store.second.value;
  const entries = store.happenings.value.slice(-most).reverse();
  return (
    <Panel title="Activity" class="activity" reads>
      {entries.length ? (
        <ol class="feed">
          {entries.map((entry, number) => (
            <li key={`${entry.timeMs}${entry.text}${number}`}>
              <time>{clockOrDay(entry.timeMs, now)}</time>
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
