// Opens pages from the disk with no network and says what it saw: node look.mjs CHROMIUM FILE...
import { createRequire } from "node:module";
import path from "node:path";

const { chromium } = createRequire(path.join(process.env.NODE_PATH, "x.js"))("playwright-core");
const [executablePath, ...files] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const text = (page, selector) => page.textContent(selector);
const points = (page) => page.evaluate(() => document.querySelector("#equity .own")?.getAttribute("d").match(/[ML]/g).length ?? 0);
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const explore = async (page) => {
  const seen = { all: await text(page, "#range"), points: await points(page) };
  await page.click('[data-span="30"]');
  await page.waitForFunction((before) => document.querySelector("#range").textContent !== before, seen.all);
  seen.month = await text(page, "#range");
  seen.candles = await page.evaluate(() => document.querySelector("#prices .wick")?.getAttribute("d").split("M").length - 1);
  await page.focus("#equity svg[role=img]");
  await page.keyboard.press("ArrowLeft");
  seen.cursors = await page.locator(".cursor").count();
  seen.told = await text(page, "#equity output");
  await page.keyboard.press("Escape");
  await page.waitForFunction((all) => document.querySelector("#range").textContent === all, seen.all);
  await page.hover("#drawdown svg[role=img]");
  const box = await page.locator("#drawdown svg[role=img]").boundingBox();
  await page.mouse.move(box.x + 100, box.y + 40);
  seen.hovered = await text(page, "#equity output");
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 40);
  await page.mouse.up();
  await page.waitForFunction((all) => document.querySelector("#range").textContent !== all, seen.all);
  seen.dragged = await text(page, "#range");
  // On a busy machine the two clicks may come too far apart to be a double one.
  for (let tries = 0; tries < 20 && (await text(page, "#range")) !== seen.all; tries++) {
    await page.dblclick("#drawdown svg[role=img]");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  seen.doubleClicked = await text(page, "#range");
  await page.click("#trade-list tbody th button");
  await page.waitForFunction((all) => document.querySelector("#range").textContent !== all, seen.all);
  seen.trade = await text(page, "#prices .trade");
  await page.click("#trade-list thead th:nth-child(10) button");
  seen.nets = await page.evaluate(() => [...document.querySelectorAll("#trade-list tbody td:nth-child(10)")].map((cell) => cell.textContent));
  return seen;
};

const context = await browser.newContext({ offline: true, viewport: { width: 1200, height: 900 } });
context.setDefaultTimeout(120_000);
const look = async (file) => {
  const page = await context.newPage();
  const said = [];
  const asked = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("dialog", (dialog) => said.push(dialog.message()));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`file://${file}`);
  const drawn = await page.isVisible("#charts .toolbar");
  const explored = file.endsWith("long.html") ? await explore(page) : {};
  await page.setViewportSize({ width: 360, height: 700 });
  const phone = await overflow(page);
  const result = { said, asked: asked.length, title: await page.title(), drawn, phone, ...explored };
  await page.close();
  return [path.basename(file, ".html"), result];
};

const seen = [];
for (const file of files) seen.push(await look(file));
await browser.close();
console.log(JSON.stringify(Object.fromEntries(seen)));
