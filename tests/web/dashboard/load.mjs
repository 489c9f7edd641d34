// How a page holds out under load: frames, the share of a core of its process, its heap, and when figures are seen.
import { Page } from "./page.mjs";

const SAMPLES = 10;
const SETTLED_MS = 5_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts frames, and notes in which one each P&L of a symbol was drawn. */
const watch = (symbol) => {
  const row = [...document.querySelectorAll("[aria-label=Positions] tbody tr")].find((one) => one.textContent.startsWith(symbol));
  const told = { frames: [0], seen: {}, changes: 0 };
  globalThis.told = told;
  setInterval(() => told.frames.push(0), 1_000);
  const frame = () => {
    told.frames[told.frames.length - 1] += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const cell = row.children[5];
  new MutationObserver(() => {
    const text = cell.textContent;
    requestAnimationFrame(() => {
      told.seen[text] ??= Date.now();
    });
  }).observe(cell, { subtree: true, childList: true, characterData: true });
  new MutationObserver(() => {
    told.changes += 1;
  }).observe(document.querySelector("[aria-label=Prices] tbody tr:nth-child(50)"), { subtree: true, childList: true, characterData: true });
};

/** Processor seconds of the browser's renderers, together: there is but one page. */
async function spentS(browser) {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  return processInfo.filter((one) => one.type === "renderer").reduce((sum, one) => sum + one.cpuTime, 0);
}

async function heapMib(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { heap: of("JSHeapUsedSize") / 2 ** 20, nodes: of("Nodes") };
}

export async function load(browser, told) {
  const page = await Page.open(browser, told);
  const session = await page.page.context().newCDPSession(page.page);
  const whole = await browser.newBrowserCDPSession();
  await session.send("Performance.enable");
  await page.until("[aria-label=Positions]", told.probe);
  await pause(SETTLED_MS);
  await page.page.evaluate(watch, told.probe);
  const heaps = [await heapMib(session)];
  const [began, spent] = [performance.now(), await spentS(whole)];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await pause((told.seconds * 1_000) / SAMPLES);
    heaps.push(await heapMib(session));
  }
  const passedS = (performance.now() - began) / 1_000;
  const core = ((await spentS(whole)) - spent) / passedS;
  const { frames, seen, changes } = await page.page.evaluate(() => globalThis.told);
  const full = frames.slice(1, -1);
  return {
    core,
    seen,
    frames: full,
    framesASecond: full.reduce((sum, one) => sum + one, 0) / full.length,
    changesASecond: changes / passedS,
    heapMib: heaps.map((one) => one.heap),
    nodes: heaps.at(-1).nodes,
    faults: await page.close(),
  };
}
