// Pages that stay open from one check to the next, and what is done in them step by step.
import { readFile } from "node:fs/promises";
import { Page } from "./page.mjs";

const opened = new Map();
const HIDDEN_TABS = 6; // Chromium allows as many connections to an origin, and each tab that is seen holds one

/** A browser without a screen hides no page: this tells the page what it would be told. */
const turn = (page, to) =>
  page.page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, to);

/** A machine that wakes: by the wall's clock an hour has passed each time that the page looks. */
const wake = (page) =>
  page.page.evaluate(() => {
    const { now } = Date;
    let hours = 0;
    Date.now = () => {
      hours += 1;
      return now() + hours * 3_600_000;
    };
  });

const held = new Map();

const within = (page, scope) => (scope ? page.page.locator(scope) : page.page);

const STEPS = {
  click: (page, name, scope) => within(page, scope).getByRole("button", { name, exact: true }).first().click(),
  follow: (page, selector) => page.page.locator(selector).first().click(),
  fill: (page, label, text) => page.page.getByLabel(label, { exact: true }).fill(text),
  choose: (page, label, value) => page.page.getByLabel(label, { exact: true }).selectOption(value),
  go: (page, path) => page.page.evaluate((to) => { location.hash = `#/${to}`; }, path),
  until: (page, selector, text) => page.until(selector, text),
  gone: (page, selector) => page.page.locator(selector).first().waitFor({ state: "detached" }),
  text: (page, selector) => page.text(selector),
  count: (page, selector) => page.page.locator(selector).count(),
  key: (page, selector, key) => page.page.locator(selector).first().press(key),
  wake,
  cut: (page, address) => page.page.route(address, (route) => route.abort()),
  hold: (page, address) => page.page.route(address, (route) => held.set(address, route)),
  free: async (page, address) => {
    await held.get(address).continue();
    await page.page.unroute(address);
  },
  kept: (page) => page.page.evaluate(() => sessionStorage.length),
  audit: (page) => page.audit(),
  download: async (page, name) => {
    const [file] = await Promise.all([
      page.page.waitForEvent("download"),
      page.page.getByRole("button", { name, exact: true }).click(),
    ]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
  },
  close: (page) => page.close(),
};

let crowd;

export const tabs = {
  /** Open a page that stays, beside another one of the same window when that is named. */
  tab: async (browser, { tab, beside, ...told }) => {
    opened.set(tab, await Page.open(browser, { ...told, beside: opened.get(beside) }));
    return {};
  },

  /** What each of some steps in such a page gives. */
  steps: async (_, { tab, steps }) => {
    const gave = [];
    for (const [step, ...told] of steps) gave.push((await STEPS[step](opened.get(tab), ...told)) ?? null);
    return { gave };
  },

  /** As many hidden tabs as there are connections; begins to open one more, which takes half a minute. `crowded` tells. */
  crowd: async (browser, told) => {
    const first = await Page.open(browser, told);
    const others = [];
    for (let number = 1; number < HIDDEN_TABS; number += 1) {
      const tab = await Page.open(browser, { url: told.url, beside: first });
      await tab.page.waitForSelector(".main .view");
      others.push(tab);
    }
    for (const tab of [first, ...others]) await turn(tab, "hidden");
    crowd = (async () => {
      const seen = await Page.open(browser, { url: told.url, beside: first });
      await seen.page.waitForSelector(".main .view");
      return { first, others, seen };
    })();
    crowd.catch(() => {}); // `crowded` tells
    return {};
  },

  /** What became of it: what a hidden tab says, and what it says once it is shown again. */
  crowded: async () => {
    const { first, others, seen } = await crowd;
    const hidden = await first.text(".heartbeat");
    await turn(first, "visible");
    await first.until(".heartbeat", "active");
    const saw = { seen: await seen.text(".heartbeat"), hidden, shown: await first.text(".heartbeat"), old: await first.page.locator("main.old").count() };
    const faults = [];
    for (const tab of [seen, first, ...others]) faults.push(...(await tab.close()));
    return { ...saw, faults };
  },
};
