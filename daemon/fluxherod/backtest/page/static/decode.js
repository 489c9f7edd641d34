// The columns of `packing.py`: base64 of zigzag integers, seven bits a byte; "+" holds steps, "=" the values.
const decode = (text) => {
  const bytes = atob(text.slice(1));
  const steps = text[0] === "+";
  const values = [];
  let value = 0;
  let scale = 1;
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte > 127) continue;
    const own = value % 2 ? -(value + 1) / 2 : value / 2;
    sum = steps ? sum + own : own;
    values.push(sum);
    value = 0;
    scale = 1;
  }
  return values;
};

const scaled = (text, factor) => Float64Array.from(decode(text), (value) => value * factor);

const decodeCandles = (packed) => {
  const [gap, body, above, below] = ["gap", "body", "above", "below"].map((name) => decode(packed[name]));
  const count = gap.length;
  const columns = ["open", "high", "low", "close"].map(() => new Float64Array(count));
  const [open, high, low, close] = columns;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const first = last + gap[i];
    last = first + body[i];
    open[i] = first * packed.step;
    close[i] = last * packed.step;
    high[i] = (Math.max(first, last) + above[i]) * packed.step;
    low[i] = (Math.min(first, last) - below[i]) * packed.step;
  }
  return { name: packed.name, slot: decode(packed.slot), open, high, low, close };
};

// All that the charts draw; `local` is the New York clock of a slot's end in minutes since 1970.
const decodeAll = (packed) => {
  const time = decode(packed.time);
  const local = new Float64Array(time.length);
  packed.offsets.forEach(([first, offset], i) => {
    const end = i + 1 < packed.offsets.length ? packed.offsets[i + 1][0] : time.length;
    for (let slot = first; slot < end; slot++) local[slot] = time[slot] + offset;
  });
  const trades = Object.fromEntries(Object.entries(packed.trades).map(([name, text]) => [name, decode(text)]));
  const { count, names, ...refused } = packed.refused;
  return {
    count: time.length,
    local,
    initial: packed.initial,
    equity: scaled(packed.equity, 0.01),
    drawdown: scaled(packed.drawdown, 0.00001),
    exposure: scaled(packed.exposure, 0.001),
    holding: scaled(packed.holding, 1),
    sharpe: {
      slot: decode(packed.sharpe.slot),
      own: scaled(packed.sharpe.own, 0.001),
      zero: scaled(packed.sharpe.zero, 0.001),
    },
    symbols: packed.symbols.map(decodeCandles),
    trades,
    refused: { names, ...Object.fromEntries(Object.entries(refused).map(([name, text]) => [name, decode(text)])) },
    guards: packed.guards,
  };
};
