// Closes one position at the market.
import { Role } from "@api/access_pb";
import type { Position } from "@api/position_pb";
import { session } from "@/session/session";
import { whole } from "@/text/figures";
import { dollars, gain } from "@/text/money";
import { positionWord } from "@/text/words";
import { openDialog } from "@/ui/dialogs";
import { toast } from "@/ui/toasts";
import { ask } from "./act";
import { isClosable } from "./closable";
import { Confirm } from "./confirm";

/** The button that closes a position; nothing for those who may not, and where it is being closed. */
export function CloseButton({ of }: { of: Position }) {
  if (!session.may(Role.TRADE) || !isClosable(of)) return null;
  return (
    <button type="button" class="button danger small" onClick={() => askToClose(of)} aria-label={`close ${of.symbol}`}>
      Close
    </button>
  );
}

const { store } = session;

/** The position as it is while it is asked. */
function Closing({ symbol }: { symbol: string }) {
  const of = store.positions.one(symbol).value;
  if (!of) return <p class="warn">No position in {symbol} is open any longer.</p>;
  return (
    <>
      <p class="strong">
        {positionWord(of.side).text} {whole(of.quantity)} {symbol}, at the market
      </p>
      <p>
        Entry {dollars(of.averagePrice)}, last {dollars(of.lastPrice)}, P&L {gain(of.unrealizedPnl)}. Its stop is
        canceled first.
      </p>
    </>
  );
}

function askToClose({ symbol }: Position): void {
  openDialog(
    <Confirm
      of={{
        title: `Close ${symbol}`,
        text: <Closing symbol={symbol} />,
        action: `Close ${symbol}`,
        danger: true,
        send: async () => {
          const reason = "closed in the browser";
          const outcome = await ask((requestId) => session.api.position.closePosition({ requestId, symbol, reason }));
          if (outcome.answer) toast(`${symbol} is being closed.`);
          return outcome;
        },
      }}
    />,
  );
}
