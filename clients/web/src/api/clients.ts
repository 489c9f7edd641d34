// The services of the daemon, over grpc-web at this page's own origin.

import { AccountService } from "@api/account_pb";
import { BacktestService } from "@api/backtest_pb";
import { MarketService } from "@api/market_pb";
import { OrderService } from "@api/order_pb";
import { PositionService } from "@api/position_pb";
import { RiskService } from "@api/risk_pb";
import { SignalService } from "@api/signal_pb";
import { StreamService } from "@api/stream_pb";
import { SystemService } from "@api/system_pb";
import { TradeService } from "@api/trade_pb";
import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

const PATIENCE_MS = 10_000;

export interface Api {
  readonly account: Client<typeof AccountService>;
  readonly backtest: Client<typeof BacktestService>;
  readonly market: Client<typeof MarketService>;
  readonly order: Client<typeof OrderService>;
  readonly position: Client<typeof PositionService>;
  readonly risk: Client<typeof RiskService>;
  readonly signal: Client<typeof SignalService>;
  readonly stream: Client<typeof StreamService>;
  readonly system: Client<typeof SystemService>;
  readonly trade: Client<typeof TradeService>;
}

/** Clients whose calls carry a token; `denied` hears of each call that the daemon did not take it for. */
export function connect(token: string, denied: (thrown: unknown) => void = () => {}): Api {
  const authorize: Interceptor = (next) => async (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    try {
      return await next(request);
    } catch (thrown) {
      denied(thrown);
      throw thrown;
    }
  };
  const transport = createGrpcWebTransport({
    baseUrl: location.origin,
    interceptors: [authorize],
    defaultTimeoutMs: PATIENCE_MS,
  });
  return {
    account: createClient(AccountService, transport),
    backtest: createClient(BacktestService, transport),
    market: createClient(MarketService, transport),
    order: createClient(OrderService, transport),
    position: createClient(PositionService, transport),
    risk: createClient(RiskService, transport),
    signal: createClient(SignalService, transport),
    stream: createClient(StreamService, transport),
    system: createClient(SystemService, transport),
    trade: createClient(TradeService, transport),
  };
}
