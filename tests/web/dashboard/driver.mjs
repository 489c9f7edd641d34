// Drives Chromium for the tests of the dashboard: node driver.mjs CHROMIUM. A line of JSON names a check of checks.mjs and what
// it is told, a line of JSON answers with what it saw. The tests judge it.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { checks } from "./checks.mjs";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion"],
});
for await (const line of createInterface({ input: process.stdin })) {
  const { check, told } = JSON.parse(line);
  let answer;
  try {
    answer = { saw: await checks[check](browser, told) };
  } catch (error) {
    answer = { failed: String(error.stack ?? error) };
  }
  console.log(JSON.stringify(answer));
}
await browser.close();
