// Small tools to draw SVG with, and to write numbers.
const SVG = "http://www.w3.org/2000/svg";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const element = (name, attributes = {}, text = "") => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== "") made.textContent = text;
  return made;
};

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

// The first index of a rising column whose value is not below.
const firstFrom = (column, value) => {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

const written = (value, digits) => {
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return Number(value.toFixed(digits)) < 0 ? `−${text}` : text;
};
const dollars = (value, digits = 2) => `${value < 0 ? "−" : ""}$${written(Math.abs(value), digits)}`;
const percent = (value, digits = 2) => `${written(value * 100, digits)} %`;

const wallClock = (minutes) => {
  const moment = new Date(minutes * 60000);
  const two = (value) => String(value).padStart(2, "0");
  return {
    year: moment.getUTCFullYear(),
    month: moment.getUTCMonth(),
    day: moment.getUTCDate(),
    time: `${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`,
  };
};
const dayText = (minutes) => {
  const { year, month, day } = wallClock(minutes);
  return `${day} ${MONTHS[month]} ${year}`;
};
const momentText = (minutes) => `${dayText(minutes)}, ${wallClock(minutes).time}`;

// Points as a path; where there are many in a pixel only its first, lowest, highest and last.
const linePath = (from, to, xOf, yOf, width) => {
  const per = Math.max(1, Math.floor((to - from) / width / 2));
  let path = "";
  let pen = "M";
  const add = (i) => {
    path += `${pen}${xOf(i).toFixed(1)} ${yOf(i).toFixed(1)}`;
    pen = "L";
  };
  for (let start = from; start < to; start += per) {
    const end = Math.min(to, start + per);
    let low = start;
    let high = start;
    for (let i = start; i < end; i++) {
      if (yOf(i) < yOf(low)) low = i;
      if (yOf(i) > yOf(high)) high = i;
    }
    for (const i of [...new Set([start, low, high, end - 1])].sort((a, b) => a - b)) add(i);
  }
  return path;
};

const extent = (from, to, ...columns) => {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (let i = from; i < to; i++) {
      if (column[i] < low) low = column[i];
      if (column[i] > high) high = column[i];
    }
  }
  return low <= high ? [low, high] : [0, 1];
};
