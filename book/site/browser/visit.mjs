// What the browser tests share: the finished site on a port of its own, and Chromium.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, relative, resolve } from "node:path";
import { chromium } from "playwright-core";

export const SITE = resolve(import.meta.dirname, "../../_build/site");

export const PHONE = { width: 360, height: 780 };
export const DESK = { width: 1280, height: 900 };

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** For what CI has no time for: SITE_TESTS=some leaves it out. */
export const LONG = { skip: process.env.SITE_TESTS === "some" && "SITE_TESTS=some" };

const KINDS = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".ipynb": "application/json",
  ".js": "text/javascript", ".json": "application/json", ".png": "image/png",
  ".svg": "image/svg+xml", ".wasm": "application/wasm", ".woff2": "font/woff2",
};
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Serve the site; returns its address and a function that stops it. */
export async function serve() {
  const server = createServer((request, response) => {
    let path = join(SITE, decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
    if (!path.startsWith(SITE) || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": KINDS[extname(path)] ?? "application/octet-stream" });
    createReadStream(path).pipe(response);
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  return { address: `http://localhost:${server.address().port}`, stop: () => server.close() };
}

/** Chromium: Debian's, or the one that CHROMIUM names. */
export function browse() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** Every page of the site, as an address below its top. */
export function pages(folder = SITE) {
  const skipped = ["_static", "_sources", "previews", "lite", "notebooks"];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : pages(path);
    return entry.name.endsWith(".html") ? [relative(SITE, path)] : [];
  });
}

/** Open a page and note what goes wrong: console errors, failed and outside requests. */
export async function open(context, address, path) {
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => wrong.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) wrong.push(`outside: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(`${address}/${path}`, { waitUntil: "load" });
  return { page, wrong };
}

/** The pages that a context opens stand in "light" or "dark". */
export function inTheme(context, theme) {
  return context.addInitScript((name) => {
    localStorage.setItem("mode", name);
    localStorage.setItem("theme", name);
  }, theme);
}

/** What axe-core calls serious or critical in a part of a page, in words; `part` is its run context. */
export async function serious(page, part) {
  await page.addScriptTag({ content: readFileSync(AXE, "utf8") });
  const { violations } = await page.evaluate((where) => globalThis.axe.run(where, { preload: false }), part);
  return violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .map(({ id, nodes }) => {
      const where = nodes.slice(0, 4).map((n) => `${n.html.slice(0, 140)} ${n.any[0]?.message ?? ""}`);
      return `${id}: ${where.join("\n  ")}`;
    });
}
