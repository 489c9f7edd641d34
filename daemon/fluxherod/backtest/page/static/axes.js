// Where the lines of a grid stand and what is written beside them.
const valueTicks = (low, high, wanted) => {
  const rough = (high - low || 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0)) };
};

const DAY = 1440;
const monthOf = (local) => {
  const moment = new Date(local * 60000);
  return moment.getUTCFullYear() * 12 + moment.getUTCMonth();
};

// Coarser and coarser: what is the same for all slots between two lines, and what is written at a line.
const LEVELS = [
  { key: (local) => Math.floor((local - 1) / 60), text: (c, newDay) => (newDay ? `${c.day} ${MONTHS[c.month]}` : c.time) },
  { key: (local) => Math.floor(local / DAY), text: (c) => `${c.day} ${MONTHS[c.month]}` },
  { key: (local) => Math.floor((Math.floor(local / DAY) + 3) / 7), text: (c) => `${c.day} ${MONTHS[c.month]}` },
  ...[1, 3, 6].map((many) => ({
    months: many,
    text: (c) => (c.month < many ? String(c.year) : MONTHS[c.month]),
  })),
  ...[12, 24, 60, 120].map((many) => ({ months: many, text: (c) => String(c.year) })),
];

const timeTicks = (data, months, from, to, most) => {
  for (const level of LEVELS) {
    const key = level.months ? (slot) => Math.floor(months[slot] / level.months) : (slot) => level.key(data.local[slot]);
    const ticks = [];
    let last = from > 0 ? key(from - 1) : key(0);
    for (let slot = from; slot < to && ticks.length <= most; slot++) {
      const own = key(slot);
      if (own === last) continue;
      last = own;
      const newDay = slot === 0 || Math.floor(data.local[slot] / DAY) !== Math.floor(data.local[slot - 1] / DAY);
      ticks.push({ slot, text: level.text(wallClock(data.local[slot]), newDay) });
    }
    if (ticks.length <= most) return ticks;
  }
  return [];
};
