// What the tests look at. Each check has pages of its own.
import { readFile } from "node:fs/promises";
import { load } from "./load.mjs";
import { Page } from "./page.mjs";
import { tabs } from "./tabs.mjs";

const here = async (told, look) => {
  const page = await Page.open(told.browser, told);
  const saw = await look(page);
  return { ...saw, faults: await page.close() };
};

export const checks = {
  ...tabs,
  load,

  /** A view, judged by axe in one theme and width. */
  view: (browser, told) =>
    here({ browser, ...told }, async (page) => {
      await page.page.waitForSelector(told.ready ?? ".main .view");
      if (told.picture) await page.page.screenshot({ path: told.picture });
      return { firstDataMs: page.firstDataMs, text: await page.text(), ...(await page.audit()) };
    }),

  /** The way in, and what becomes of tokens that are none. */
  gate: (browser, told) =>
    here({ browser, ...told, token: undefined }, async (page) => {
      const { page: tab } = page;
      await tab.fill("#token", "fhx_read_wrong");
      await tab.click("button[type=submit]");
      const refusal = await page.text(".note");
      const audit = await page.audit();
      await page.signIn(told.token);
      const kept = await tab.evaluate(() => ({
        address: location.href,
        local: Object.values(localStorage).join(),
        cookie: document.cookie,
        session: Object.values(sessionStorage).join(),
      }));
      return { refusal, kept, ...audit };
    }),

  /** How long 500 bars take from the click until they are drawn. */
  chart: (browser, told) =>
    here({ browser, ...told }, async (page) => {
      const started = performance.now();
      await page.page.click(`a[href="#/chart/${told.symbol}"]`);
      const drawn = page.page.locator(".canvas[data-drawn]");
      await drawn.waitFor();
      const tookMs = performance.now() - started;
      if (told.said) await page.page.getByRole("img", { name: told.said }).waitFor();
      if (told.picture) await page.page.screenshot({ path: told.picture });
      return { tookMs, bars: Number(await drawn.getAttribute("data-drawn")), legend: await page.text(".legend") };
    }),

  /** A halt by keyboard alone: a wrong word sends nothing. */
  halt: (browser, told) =>
    here({ browser, ...told }, async (page) => {
      const { keyboard } = page.page;
      await page.page.getByRole("button", { name: "Halt" }).focus();
      await keyboard.press("Enter");
      await page.page.waitForSelector("dialog input:focus");
      await keyboard.type("a test");
      await keyboard.press("Tab");
      await keyboard.type("halt");
      await keyboard.press("Enter");
      const refusal = await page.text("dialog [role=alert]");
      const audit = await page.audit();
      await page.page.getByLabel("Type HALT").fill("HALT");
      await keyboard.press("Enter");
      await page.until(".banner", "HALTED");
      const { violations } = await page.audit();
      return { refusal, banner: await page.text(".banner"), violations: [...audit.violations, ...violations] };
    }),

  /** An order by the ticket, changed and canceled. A second click where the first one was, and a wrong word, send nothing. */
  order: (browser, told) =>
    here({ browser, ...told, path: "orders" }, async (page) => {
      const { page: tab } = page;
      const price = await write(tab, told.symbol, "10");
      await tab.getByLabel("Limit $").fill(String(Math.floor(price * 0.9)));
      await tab.getByLabel(/Stop loss/).fill(String(Math.floor(price * 0.85)));
      await page.until(".said", "breaker");
      const preview = await page.text(".said");
      const audit = await page.audit();
      await tab.dblclick("dialog footer button[type=submit]");
      await tab.waitForSelector("dialog fieldset:not([disabled])");
      await tab.click("dialog footer button[type=submit]");
      const sentence = await page.text(".sure");
      const sure = await page.audit();
      await tab.getByRole("button", { name: "Send it" }).click();
      await page.until(".toast", "on its way");
      const row = tab.getByRole("row").filter({ has: tab.getByRole("button", { name: /^cancel / }) });
      await row.filter({ hasText: "working" }).waitFor();
      const placed = (await row.innerText()).replace(/\s+/g, " ");

      await row.getByRole("button", { name: /^change / }).click();
      await tab.getByLabel("New quantity").fill("7");
      await tab.getByLabel("Type CHANGE").fill("change");
      await tab.getByRole("button", { name: "Change the order" }).click();
      const wrongWord = await page.text("dialog [role=alert]");
      await tab.getByLabel("Type CHANGE").fill("CHANGE");
      await tab.getByRole("button", { name: "Change the order" }).click();
      await page.until(".toast", "takes its place");
      await row.filter({ hasText: "0/7" }).filter({ hasText: "working" }).waitFor();

      await row.getByRole("button", { name: told.symbol, exact: true }).click();
      await page.until(".detail", "In place of");
      const life = await page.text(".detail");
      await row.getByRole("button", { name: /^cancel / }).click();
      await tab.getByRole("button", { name: "Cancel the order" }).click();
      await page.until(".detail .badge", "canceled");
      const { violations, wide } = await page.audit();
      const all = [...audit.violations, ...sure.violations, ...violations];
      return { preview, sentence, placed, wrongWord, life, violations: all, wide };
    }),

  /** An order that risk cuts: the ticket stays, and says why. */
  refused: (browser, told) =>
    here({ browser, ...told, path: "orders" }, async (page) => {
      const { page: tab } = page;
      const price = await write(tab, told.symbol, "100000");
      await tab.getByLabel("Limit $").fill(String(Math.floor(price * 0.9)));
      await tab.getByLabel(/Stop loss/).fill(String(Math.floor(price * 0.8)));
      await tab.click("dialog footer button[type=submit]");
      await tab.getByRole("button", { name: "Send it" }).click();
      await page.until(".said", "Not placed");
      // A check's name and what was found stand beside each other.
      const tops = await tab.locator(".said .checks > li:first-child > *").evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
      return { said: await page.text(".said"), steps: await tab.locator(".falls > li").count(), tops: new Set(tops).size, ...(await page.audit()) };
    }),

  /** An order whose answers are lost: it is there once, however often it is sent. Then all orders are canceled. */
  unanswered: (browser, told) =>
    here({ browser, ...told, path: "orders" }, async (page) => {
      const { page: tab } = page;
      const sent = [];
      await tab.route("**/PlaceOrder", async (route) => {
        sent.push(route.request().postDataBuffer().toString("latin1").slice(7, 43));
        const answer = await route.fetch();
        await (sent.length <= 3 ? route.abort() : route.fulfill({ response: answer }));
      });
      const price = await write(tab, told.symbol, "5");
      await tab.getByLabel("Limit $").fill(String(Math.floor(price * 0.9)));
      await tab.getByLabel(/Stop loss/).fill(String(Math.floor(price * 0.85)));
      await tab.click("dialog footer button[type=submit]");
      await tab.getByRole("button", { name: "Send it" }).click();
      await page.until(".said", "No answer came");
      const said = await page.text(".said");
      await tab.click("dialog footer button[type=submit]");
      await tab.getByRole("button", { name: "Send it" }).click();
      await page.until(".toast", "on its way");
      const working = tab.getByRole("row").filter({ hasText: "0/5" }).filter({ hasText: "entry" }).filter({ hasText: "working" });
      await working.first().waitFor();
      const orders = await working.count();
      await tab.getByRole("button", { name: "Cancel all" }).click();
      await tab.getByLabel("Type CANCEL").fill("CANCEL");
      await tab.locator("dialog").getByRole("button", { name: "Cancel all" }).click();
      await working.waitFor({ state: "detached" });
      return { sent: sent.length, ids: new Set(sent).size, said, orders };
    }),

  /** The orders of those who may not trade, and the trades as a file. */
  file: (browser, told) =>
    here({ browser, ...told, path: "orders" }, async (page) => {
      await page.until("h2", "1 open");
      const orders = await page.text();
      await page.page.getByRole("link", { name: "Trades" }).click();
      const coming = page.page.waitForEvent("download");
      await page.page.getByRole("button", { name: "Save CSV" }).click();
      const download = await coming;
      return { orders, name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
    }),

  /** Why a symbol is not traded, and a signal with its reasons. */
  signals: (browser, told) =>
    here({ browser, ...told, path: "signals" }, async (page) => {
      await page.page.getByLabel("why is a symbol not traded").selectOption(told.symbol);
      await page.until(".detail", "What would have made a signal");
      const why = await page.text(".detail");
      const rules = await page.page.locator(".rules tbody tr").count();
      const audit = await page.audit();
      await page.page.getByRole("row").filter({ hasText: "ordered" }).first().click();
      await page.until(".detail", "What followed");
      const { violations } = await page.audit();
      return { why, rules, signal: await page.text(".detail"), violations: [...audit.violations, ...violations] };
    }),
};

/** Write what every ticket has; the answer is the symbol's price. */
async function write(tab, symbol, shares) {
  await tab.getByRole("button", { name: "New order" }).click();
  await tab.getByLabel("Symbol", { exact: true }).fill(symbol);
  await tab.getByLabel("Shares").fill(shares);
  return Number((await tab.locator(".form p strong").innerText()).replaceAll(",", ""));
}
