// A panel draws one chart of the slots in view. All panels have the same width and margins, so they line up.
const MARGIN = { left: 8, right: 66, top: 8, bottom: 22 };

class Panel {
  constructor(host, height, name) {
    this.host = host;
    this.height = height;
    this.told = find("output", host);
    this.svg = element("svg", { role: "img", tabindex: 0, "aria-label": name });
    this.axes = element("g");
    this.drawn = element("svg"); // cuts off what reaches beyond the plot
    this.over = element("g");
    this.svg.append(this.axes, this.drawn, this.over);
    find(".canvas", host).append(this.svg);
  }

  frame(view, width, [low, high], format, ticks) {
    this.view = view;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    const inner = width - MARGIN.left - MARGIN.right;
    const span = view.to - view.from;
    this.inner = inner;
    this.x = (slot) => MARGIN.left + ((slot - view.from + 0.5) / span) * inner;
    this.slotWidth = inner / span;
    const bottom = this.height - MARGIN.bottom;
    this.bottom = bottom;
    this.y = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - MARGIN.top);
    const plot = { x: MARGIN.left, y: 0, width: inner, height: bottom };
    for (const [key, value] of Object.entries(plot)) this.drawn.setAttribute(key, value);
    this.drawn.setAttribute("viewBox", Object.values(plot).join(" "));
    this.axes.replaceChildren();
    this.drawn.replaceChildren();
    for (const { slot, text } of ticks) this.timeLine(slot, text);
    const lines = valueTicks(low, high, Math.max(2, Math.round((bottom - MARGIN.top) / 48)));
    for (const value of lines.ticks) this.valueLine(value, format(value, lines.digits));
  }

  timeLine(slot, text) {
    const x = this.x(slot - 0.5).toFixed(1);
    this.axis("line", { class: "grid", x1: x, x2: x, y1: MARGIN.top, y2: this.bottom + 5 });
    if (x < this.width - MARGIN.right - 20) this.axis("text", { x: Number(x) + 4, y: this.height - 6 }, text);
  }

  valueLine(value, text) {
    const y = this.y(value).toFixed(1);
    this.axis("line", { class: value === 0 ? "zero" : "grid", x1: MARGIN.left, x2: this.width - MARGIN.right, y1: y, y2: y });
    this.axis("text", { x: this.width - MARGIN.right + 8, y: Number(y) + 4 }, text);
  }

  axis(name, attributes, text) {
    this.axes.append(element(name, attributes, text));
  }

  add(name, attributes) {
    const made = element(name, attributes);
    this.drawn.append(made);
    return made;
  }

  path(kind, d) {
    if (d) this.add("path", { class: kind, d });
  }

  line(kind, from, to, yOf, slotOf = (i) => i) {
    this.path(kind, linePath(from, to, (i) => this.x(slotOf(i)), (i) => this.y(yOf(i)), this.inner));
  }

  area(kind, from, to, yOf) {
    const edge = linePath(from, to, (i) => this.x(i), (i) => this.y(yOf(i)), this.inner);
    if (edge) this.path(kind, `${edge}L${this.x(to - 1).toFixed(1)} ${this.y(0).toFixed(1)}L${this.x(from).toFixed(1)} ${this.y(0).toFixed(1)}Z`);
  }

  cursor(slot) {
    this.over.replaceChildren();
    if (slot === null) return;
    const x = this.x(slot).toFixed(1);
    this.over.append(element("line", { class: "cursor", x1: x, x2: x, y1: MARGIN.top, y2: this.bottom }));
  }

  selection(a, b) {
    this.over.replaceChildren(
      element("rect", { class: "select", x: Math.min(a, b), width: Math.abs(b - a), y: MARGIN.top, height: this.bottom - MARGIN.top }),
    );
  }
}

const padded = ([low, high], part = 0.06) => {
  const room = (high - low || Math.abs(high) || 1) * part;
  return [low - room, high + room];
};

class EquityPanel extends Panel {
  draw(data, view, width, ticks, options) {
    const { from, to } = view;
    const columns = options.holding ? [data.equity, data.holding] : [data.equity];
    const domain = padded(extent(from, to, ...columns));
    this.frame(view, width, domain, (value) => dollars(value, 0), ticks);
    if (options.exposure) this.bars(data, from, to);
    for (const [slot, what] of data.guards) if (slot >= from && slot < to) this.guard(slot, what);
    if (options.holding) this.line("hold", from, to, (i) => data.holding[i]);
    this.line("own", from, to, (i) => data.equity[i]);
  }

  // Exposure has a scale of its own: from the bottom, the whole height is the equity.
  bars(data, from, to) {
    const high = this.bottom - MARGIN.top;
    let d = "";
    const per = Math.max(1, Math.floor((to - from) / this.inner));
    for (let i = from; i < to; i += per) {
      let most = 0;
      for (let k = i; k < Math.min(to, i + per); k++) most = Math.max(most, data.exposure[k]);
      const x = this.x(i - 0.5);
      if (most > 0) d += `M${x.toFixed(1)} ${this.bottom}v${(-Math.min(1, most) * high).toFixed(1)}h${Math.max(1, per * this.slotWidth).toFixed(1)}V${this.bottom}Z`;
    }
    this.path("exposure", d);
  }

  guard(slot, what) {
    const x = this.x(slot).toFixed(1);
    const line = this.add("line", { class: "guard", x1: x, x2: x, y1: MARGIN.top, y2: this.bottom });
    line.append(element("title", {}, what));
  }

  tell(data, slot, options) {
    const held = options.holding ? `, holding ${dollars(data.holding[slot], 0)}` : "";
    return `${momentText(data.local[slot])} · ${dollars(data.equity[slot])}${held}, exposed ${percent(data.exposure[slot], 1)}`;
  }
}

class DrawdownPanel extends Panel {
  draw(data, view, width, ticks) {
    const [, deepest] = extent(view.from, view.to, data.drawdown);
    this.frame(view, width, [-Math.max(deepest, 0.001) * 1.05, 0], (value, digits) => percent(value, Math.max(0, digits - 2)), ticks);
    this.area("shadow", view.from, view.to, (i) => -data.drawdown[i]);
    this.line("depth", view.from, view.to, (i) => -data.drawdown[i]);
  }

  tell(data, slot) {
    return data.drawdown[slot] > 0 ? `${percent(data.drawdown[slot])} below the peak` : "at the peak";
  }
}

class SharpePanel extends Panel {
  draw(data, view, width, ticks) {
    const { slot, own, zero } = data.sharpe;
    const from = Math.max(0, firstFrom(slot, view.from) - 1);
    const to = Math.min(slot.length, firstFrom(slot, view.to) + 1);
    const known = (column) => column.slice(from, to).filter((value) => value > -1e5);
    const values = [...known(own), ...known(zero), 0];
    this.frame(view, width, padded(extent(0, values.length, values)), (value, digits) => written(value, digits), ticks);
    this.rolling("rolling-zero", zero, from, to, slot);
    this.rolling("own", own, from, to, slot);
  }

  // A line for each stretch in which the ratio is defined.
  rolling(kind, column, from, to, slot) {
    let start = from;
    for (let i = from; i <= to; i++) {
      if (i < to && column[i] > -1e5) continue;
      if (i > start) this.line(kind, start, i, (k) => column[k], (k) => Math.min(Math.max(slot[k], this.view.from), this.view.to));
      start = i + 1;
    }
  }

  tell(data, slot) {
    const i = firstFrom(data.sharpe.slot, slot + 1) - 1;
    if (i < 0 || data.sharpe.own[i] < -1e5) return "not defined";
    return `${written(data.sharpe.own[i], 2)}, ${written(data.sharpe.zero[i], 2)} without a risk-free rate`;
  }
}
