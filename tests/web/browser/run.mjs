// Drives Chromium: node run.mjs CHROMIUM PORTS-AS-JSON HEADERS-AS-JSON. Prints what each check saw, by the name of the way.
import { chromium } from "playwright-core";

const [executablePath, ways, headers] = process.argv.slice(2);
const CHECKS = [
  "unary", "metadata", "stream", "wholeStream", "emptyStream", "streamThatFails", "richError", "daemonsError", "deadline",
  "deadlineOfTheServer", "abort", "textMode", "watch", "violations",
];
const TABS = 10;
const PATIENCE_MS = 200_000;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const path = `/?headers=${encodeURIComponent(headers)}`;
const seen = {};

const open = async (context, url) => {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  return page;
};
// A busy machine makes one of some attempts slow, a slow daemon each of them.
const undisturbed = async (attempt, took, mostMs) => {
  let saw;
  for (let tries = 0; tries < 5 && !(saw && took(saw) < mostMs); tries++) saw = await attempt();
  return saw;
};
const check = (page, name) => page.evaluate((name) => globalThis.checks[name](), name);
const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return { failed: String(error) };
  }
};
const untilNothingRuns = async (page) => {
  const started = performance.now();
  let state;
  do state = await check(page, "running");
  while (state.running > 0 && performance.now() - started < 5000);
  return { ...state, took: performance.now() - started };
};

const closeATab = async (context, page, url) => {
  const before = await check(page, "running");
  const tab = await open(context, url);
  await check(tab, "occupy");
  while ((await check(page, "running")).running < 2);
  await tab.close();
  const after = await untilNothingRuns(page);
  return { took: after.took, running: after.running, cancelled: after.cancelled - before.cancelled };
};

const manyTabs = async (context, page, url) => {
  const tabs = await Promise.all(Array.from({ length: TABS }, () => open(context, url)));
  const tabsSaw = await Promise.all(tabs.map((tab) => check(tab, "shared")));
  const { running } = await check(page, "running");
  await Promise.all(tabs.map((tab) => tab.close()));
  return { tabs: tabsSaw, running, after: await untilNothingRuns(page) };
};

for (const [way, port] of Object.entries(JSON.parse(ways))) {
  const url = `http://127.0.0.1:${port}${path}`, context = await browser.newContext(), saw = (seen[way] = {});
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await open(context, url);
  for (const name of CHECKS) saw[name] = await attempt(() => check(page, name));
  saw.closedTab = await attempt(() => undisturbed(() => closeATab(context, page, url), ({ took }) => took, 1000));
  saw.manyTabs = await attempt(() => undisturbed(() => manyTabs(context, page, url), ({ after }) => after.took, 1500));
  await context.close();
}

// A page of another origin, with no policy of its own.
const { direct } = JSON.parse(ways);
const foreign = await browser.newPage();
seen.foreign = await attempt(() =>
  foreign.evaluate(
    async (url) => {
      const headers = { "content-type": "application/grpc-web+proto" };
      try {
        const answer = await fetch(url, { method: "POST", headers, body: new Uint8Array(5) });
        return { read: answer.status };
      } catch (error) {
        return { blocked: String(error) };
      }
    },
    `http://127.0.0.1:${direct}/fluxhero.v1.SystemService/GetStatus`,
  ),
);
await browser.close();
console.log(JSON.stringify(seen));
