// A file of trades, as the daemon writes it.
import { ExportFormat } from "@api/trade_pb";
import { failureOf } from "@/api/failure";
import { session } from "@/session/session";
import { linesOf, openedOf, type Request } from "./model";

const PATIENCE_MS = 120_000;

/** Save all trades that are wanted; the answer is why they were not, empty when they were. */
export async function saveTrades(request: Request): Promise<string> {
  const chunks: BlobPart[] = [];
  let name = "trades.csv";
  try {
    const { symbols, modes, endTime } = { endTime: undefined, ...openedOf(request) };
    const asked = { symbols, modes, ...(endTime ? { endTime } : {}), format: ExportFormat.CSV };
    for await (const chunk of session.api.trade.exportTrades(asked, { timeoutMs: PATIENCE_MS })) {
      name = chunk.fileName || name;
      chunks.push(chunk.data as BlobPart);
    }
  } catch (thrown) {
    return `The trades were not saved: ${failureOf(thrown).text}`;
  }
  const link = document.createElement("a");
  const csv = linesOf(request, await new Blob(chunks).text());
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE_MS);
  return "";
}
