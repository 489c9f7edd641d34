// What the tests look at. Each check has pages of its own.
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
      return { tookMs: performance.now() - started, bars: Number(await drawn.getAttribute("data-drawn")), legend: await page.text(".legend") };
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
      return { refusal, banner: await page.text(".banner"), ...audit };
    }),
};
