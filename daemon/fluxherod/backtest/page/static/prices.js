// The price of one symbol with its trades: candles where there is room for them, else the range of each pixel.
const ROOM_FOR_CANDLES = 3;

class PricePanel extends Panel {
  draw(data, view, width, ticks, options) {
    this.data = data;
    this.symbol = data.symbols[options.symbol];
    const first = firstFrom(this.symbol.slot, view.from);
    const end = firstFrom(this.symbol.slot, view.to);
    this.trades = this.inView(data.trades, options.symbol, view);
    const fills = this.trades.flatMap((k) => [data.trades.entry[k] / 1e4, data.trades.exit[k] / 1e4]);
    const prices = extent(first, end, this.symbol.low, this.symbol.high);
    this.frame(view, width, padded(end > first ? extent(0, 2, prices) : extent(0, fills.length, fills)), (value, digits) => written(value, digits), ticks);
    if (this.slotWidth >= ROOM_FOR_CANDLES) this.candles(first, end);
    else this.ranges(first, end);
    if (options.refused) this.refusals(data.refused, options.symbol, view);
    this.drawTrades(data.trades);
    if (options.picked !== null && this.trades.includes(options.picked)) this.ring(data.trades, options.picked);
  }

  inView(trades, symbol, view) {
    const found = [];
    trades.entered.forEach((entered, k) => {
      if (trades.symbol[k] === symbol && trades.left[k] >= view.from && entered < view.to) found.push(k);
    });
    return found;
  }

  candles(first, end) {
    const { slot, open, high, low, close } = this.symbol;
    const half = Math.min(7, this.slotWidth * 0.35);
    const paths = { wick: "", rise: "", drop: "" };
    for (let i = first; i < end; i++) {
      const x = this.x(slot[i]);
      const top = this.y(Math.max(open[i], close[i]));
      const tall = Math.max(0.8, this.y(Math.min(open[i], close[i])) - top);
      paths.wick += `M${x.toFixed(1)} ${this.y(high[i]).toFixed(1)}V${this.y(low[i]).toFixed(1)}`;
      paths[close[i] < open[i] ? "drop" : "rise"] +=
        `M${(x - half).toFixed(1)} ${top.toFixed(1)}h${(2 * half).toFixed(1)}v${tall.toFixed(1)}h${(-2 * half).toFixed(1)}Z`;
    }
    for (const [kind, d] of Object.entries(paths)) this.path(kind, d);
  }

  ranges(first, end) {
    const { slot, high, low, close } = this.symbol;
    const per = Math.max(1, Math.round(1 / this.slotWidth));
    let d = "";
    for (let i = first; i < end; i += per) {
      const [least, most] = extent(i, Math.min(end, i + per), low, high);
      d += `M${this.x(slot[i]).toFixed(1)} ${this.y(most).toFixed(1)}V${this.y(least).toFixed(1)}`;
    }
    this.path("span", d);
    this.line("closes", first, end, (i) => close[i], (i) => slot[i]);
  }

  // A fill is at the open of its bar: left of the candle's middle.
  at(slot, price) {
    return [this.x(slot) - Math.min(6, this.slotWidth * 0.3), this.y(price / 1e4)];
  }

  drawTrades(trades) {
    const size = this.trades.length > 150 ? 2.6 : this.trades.length > 50 ? 4 : 6;
    const paths = { "won link": "", "lost link": "", stop: "", "won glyph": "", "lost glyph": "" };
    for (const k of this.trades) {
      const kind = trades.net[k] > 0 ? "won" : "lost";
      const [x1, y1] = this.at(trades.entered[k], trades.entry[k]);
      const [x2, y2] = this.at(trades.left[k], trades.exit[k]);
      const up = trades.side[k] > 0 ? 1 : -1;
      paths[`${kind} link`] += `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`;
      paths[`${kind} glyph`] +=
        `M${(x1 - size).toFixed(1)} ${(y1 + up * size * 0.8).toFixed(1)}h${2 * size}l${-size} ${-up * size * 1.7}Z` +
        (size > 3 ? `M${(x2 - size / 2).toFixed(1)} ${y2.toFixed(1)}a${size / 2} ${size / 2} 0 1 0 ${size} 0a${size / 2} ${size / 2} 0 1 0 ${-size} 0Z` : "");
      if (this.slotWidth >= ROOM_FOR_CANDLES && trades.stop[k] > 0) paths.stop += `M${x1.toFixed(1)} ${this.y(trades.stop[k] / 1e4).toFixed(1)}H${Math.max(x2, x1 + 6).toFixed(1)}`;
    }
    for (const [kind, d] of Object.entries(paths)) this.path(kind, d);
  }

  refusals(refused, symbol, view) {
    let d = "";
    refused.slot.forEach((slot, k) => {
      if (refused.symbol[k] !== symbol || slot < view.from || slot >= view.to) return;
      const y = this.y(refused.price[k] / 1e4) + refused.side[k] * 9;
      d += `M${(this.x(slot) - 3).toFixed(1)} ${(y + refused.side[k] * 2).toFixed(1)}l3 ${-4 * refused.side[k]}l3 ${4 * refused.side[k]}`;
    });
    this.path("refusal", d);
  }

  ring(trades, k) {
    for (const [slot, price] of [[trades.entered[k], trades.entry[k]], [trades.left[k], trades.exit[k]]]) {
      const [cx, cy] = this.at(slot, price);
      this.add("circle", { class: "picked", cx: cx.toFixed(1), cy: cy.toFixed(1), r: 10 });
    }
  }

  // The trade at a slot, or the nearest one that begins or ends within a few pixels.
  tradeAt(slot) {
    const reach = 5 / this.slotWidth;
    const away = (k) => Math.max(this.data.trades.entered[k] - slot, slot - this.data.trades.left[k], 0);
    const near = this.trades.filter((k) => away(k) <= reach).sort((a, b) => away(a) - away(b));
    return near.length ? near[0] : null;
  }

  tell(data, slot, options) {
    const symbol = data.symbols[options.symbol];
    const i = firstFrom(symbol.slot, slot + 1) - 1;
    if (i < 0) return `${symbol.name}: no bar yet`;
    const digits = symbol.step < 0.01 ? 4 : 2;
    const [open, high, low, close] = ["open", "high", "low", "close"].map((name) => written(symbol[name][i], digits));
    return `${symbol.name} · O ${open} · H ${high} · L ${low} · C ${close}`;
  }
}

const REASONS = ["open", "by signal", "by stop", "by the breaker", "by the daily loss"];

const describeTrade = (data, k) => {
  const t = data.trades;
  const price = (value) => dollars(value / 1e4, value % 100 ? 4 : 2);
  const way = t.side[k] > 0 ? "long" : "short";
  const stop = t.stop[k] > 0 ? `, first stop ${price(t.stop[k])}` : "";
  return (
    `Trade ${k + 1}: ${way} ${written(t.shares[k], 0)} ${data.symbols[t.symbol[k]].name} at ${price(t.entry[k])} ` +
    `on ${momentText(data.local[t.entered[k]] - t.enteredBefore[k])}${stop}; out ${REASONS[t.reason[k]]} at ${price(t.exit[k])} ` +
    `on ${momentText(data.local[t.left[k]] - t.leftBefore[k])}: ${t.net[k] > 0 ? "+" : ""}${dollars(t.net[k] / 100)}`
  );
};

const describeRefusal = (data, slot, symbol) => {
  const r = data.refused;
  for (let k = firstFrom(r.slot, slot); k < r.slot.length && r.slot[k] === slot; k++) {
    if (r.symbol[k] === symbol) return `Entry ${r.side[k] > 0 ? "long" : "short"} at ${dollars(r.price[k] / 1e4)}: ${r.names[r.outcome[k]]}`;
  }
  return "";
};
