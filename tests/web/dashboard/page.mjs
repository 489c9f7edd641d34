// A page of the dashboard, and what it must never do: break its policy, ask another origin, fail.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 60_000;

export class Page {
  constructor(page, url) {
    this.page = page;
    this.url = url;
    this.faults = [];
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    page.on("console", (said) => {
      // Chromium tells of each request that found nobody; the page tells it, too.
      const expected = /Failed to load resource|net::ERR_/.test(said.text());
      if (said.type() === "error" && !expected) this.faults.push(`console: ${said.text()}`);
    });
    page.on("request", (request) => {
      const to = new URL(request.url());
      if (to.protocol !== "data:" && to.origin !== new URL(url).origin) this.faults.push(`foreign: ${request.url()}`);
    });
  }

  /** A page in a context of its own, signed in when there is a token. */
  static async open(browser, { url, token, theme = "dark", width = 1440, height = 900, path = "", beside }) {
    const context = beside?.page.context() ?? (await browser.newContext({ viewport: { width, height }, colorScheme: theme }));
    const page = new Page(await context.newPage(), url);
    await page.page.goto(`${url}/#/${path}`);
    if (token) await page.signIn(token);
    return page;
  }

  async signIn(token) {
    await this.page.fill("#token", token);
    const started = performance.now();
    await this.page.click("button[type=submit]");
    await this.page.waitForSelector(".main .view");
    this.firstDataMs = performance.now() - started;
  }

  /** What is on the page, in one line. */
  async text(selector = "body") {
    return (await this.page.locator(selector).first().innerText()).replace(/\s+/g, " ").trim();
  }

  async until(selector, text) {
    await this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }

  /** What axe finds, and whether the page is wider than its window. */
  async audit() {
    await this.page.evaluate(AXE);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await this.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), tags);
    const wide = await this.page.evaluate(() => {
      const main = document.querySelector("main");
      return [document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
    });
    const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
    return { violations, wide };
  }

  async close() {
    const context = this.page.context();
    await this.page.close();
    if (!context.pages().length) await context.close();
    return this.faults;
  }
}
