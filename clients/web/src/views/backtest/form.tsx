// What to run a backtest on. The daemon judges it: what it refuses is told beside the field.
import { BarSource } from "@api/backtest_pb";
import { type Signal, signal, useSignal } from "@preact/signals";
import { ask, refusal } from "@/actions/act";
import { session } from "@/session/session";
import { ChoiceField, TextField } from "@/ui/fields";
import { Panel } from "@/ui/parts";
import { configOf, defaultForm, type Form, TIMEFRAMES, wrongOf } from "./model";

const { store } = session;

type Fields = Readonly<Record<keyof Form, Signal<string>>>;

// What was typed is there again when one comes back from another view.
let kept: Fields | undefined;

function fieldsOf(): Fields {
  const { status, prices, asOfMs } = store;
  const form = defaultForm(status.peek()?.symbols ?? prices.keys.peek(), asOfMs.peek());
  kept ??= Object.fromEntries(Object.entries(form).map(([name, text]) => [name, signal(text)])) as unknown as Fields;
  return kept;
}

const formOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.peek()])) as unknown as Form;

/** Its `begun` hears the id of each run that was started. */
export function BacktestForm({ begun }: { begun: (id: string) => void }) {
  const fields = fieldsOf();
  const busy = useSignal(false);
  const failed = useSignal("");
  const wrong = useSignal(wrongOf({}));
  const submit = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    const config = configOf(formOf(fields));
    const { answer, failure } = await ask((requestId) => beginning(requestId, config));
    busy.value = false;
    wrong.value = failure ? wrongOf(failure.fields) : {};
    failed.value = failure ? refusal(failure) : "";
    if (answer) begun(answer);
  };
  const { symbols, start, end, timeframe, equity, source, entryOrder, name } = fields;
  return (
    <Panel title="New run" padded>
      <form class="backtest-form" onSubmit={submit}>
        <TextField label="Symbols" text={symbols} wrong={wrong.value.symbols} maxLength={400} />
        <TextField label="From" text={start} type="date" wrong={wrong.value.start} />
        <TextField label="Before" text={end} type="date" wrong={wrong.value.end} />
        <ChoiceField
          label="Timeframe"
          chosen={timeframe}
          wrong={wrong.value.timeframe}
          options={TIMEFRAMES.map((one) => [one, one || "the strategy's"])}
        />
        <TextField label="Equity $" text={equity} numeric wrong={wrong.value.equity} maxLength={20} />
        <ChoiceField
          label="Bars of"
          chosen={source}
          wrong={wrong.value.source}
          options={[
            [String(BarSource.HISTORY), "broker's history"],
            [String(BarSource.CACHE), "cache alone"],
            [String(BarSource.FILES), "daemon's files"],
          ]}
        />
        <ChoiceField
          label="Entries"
          chosen={entryOrder}
          wrong={wrong.value.entryOrder}
          options={[
            ["", "as in force"],
            ["market", "at the market"],
            ["limit", "limit at the signal's price"],
          ]}
        />
        <TextField label="Name" text={name} wrong={wrong.value.name} maxLength={60} />
        {failed.value && (
          <p class="bad" role="alert">
            {failed}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy.value}>
          {busy.value ? "Asking …" : "Run"}
        </button>
      </form>
    </Panel>
  );
}

/** Its id. The run goes on without us: it is looked at like any other, and no connection waits for it. */
async function beginning(requestId: string, config: ReturnType<typeof configOf>): Promise<string> {
  for await (const message of session.api.backtest.runBacktest({ requestId, config })) return message.backtestId;
  throw new Error("the daemon began no run");
}
