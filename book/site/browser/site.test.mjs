// The finished site in a real browser. `make test-browser` builds it first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { browse, open, pages, serve, SITE } from "./visit.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHAPTER = "book/03_one_neuron.html";
const PHONE = { width: 360, height: 780 };
const DESK = { width: 1280, height: 900 };

let browser, site;
before(async () => { [browser, site] = await Promise.all([browse(), serve()]); });
after(async () => { await browser.close(); site.stop(); });

/** Run `look` on a page in a fresh context, then close it. */
async function visit(path, settings, look) {
  const context = await browser.newContext({ viewport: DESK, ...settings });
  try {
    const { page, wrong } = await open(context, site.address, path);
    return await look(page, wrong, context);
  } finally {
    await context.close();
  }
}

function dark(page) {
  return page.evaluate(() => {
    localStorage.setItem("mode", "dark");
    localStorage.setItem("theme", "dark");
  });
}

describe("every page, on a phone", () => {
  for (const path of pages()) {
    test(path, () => visit(path, { viewport: PHONE }, async (page, wrong) => {
      const found = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        raw: /\$\$|\\(frac|partial|delta|begin)\b/.test(
          [...document.querySelectorAll("article p, article li, article td")]
            .map((node) => { const copy = node.cloneNode(true); copy.querySelectorAll("code, .mathml").forEach((c) => c.remove()); return copy.textContent; }).join(" ")),
        empty: [...document.querySelectorAll(".formula > svg, span.math > svg")].filter((svg) => svg.checkVisibility({ contentVisibilityAuto: true }) && svg.getBoundingClientRect().width < 1).length,
        glyphs: [...document.querySelectorAll("article use")].filter((use) => !document.querySelector(CSS.escape ? `#${CSS.escape(use.getAttribute("href").slice(1))}` : use.getAttribute("href"))).length,
        unnamed: [...document.querySelectorAll("img")].filter((img) => !img.hasAttribute("alt")).length,
        titles: document.querySelectorAll("h1").length,
      }));
      assert.deepEqual(wrong, []);
      assert.ok(found.width <= PHONE.width, `${found.width} px wide on a screen of ${PHONE.width}`);
      assert.equal(found.raw, false, "TeX that was not set");
      assert.equal(found.empty, 0, "formulas without a size");
      assert.equal(found.glyphs, 0, "formulas that use glyphs the page does not have");
      assert.equal(found.unnamed, 0, "images without alternative text");
      assert.equal(found.titles, 1);
    }));
  }
});

describe("accessibility: no serious violation", () => {
  const looked = ["index.html", "contents.html", CHAPTER, "exercises/03_one_neuron.html",
    "solutions/03_one_neuron.html", "book/91_glossary.html", "reference/ops.html", "404.html"];
  for (const path of looked) {
    for (const theme of ["light", "dark"]) {
      test(`${path}, ${theme}`, () => visit(path, { colorScheme: theme }, async (page) => {
        if (theme === "dark") await dark(page).then(() => page.reload());
        await page.addScriptTag({ content: AXE });
        const found = await page.evaluate(() => globalThis.axe.run({ exclude: [".bplib-live svg"] }));
        const serious = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
        const said = serious.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 140)} ${n.any[0]?.message ?? ""}`).join("\n  ")}`);
        assert.deepEqual(said, []);
      }));
    }
  }
});

describe("in the dark", () => {
  test("figures are turned round, but not one whose caption speaks of shades", () => visit(CHAPTER, { colorScheme: "dark" }, async (page) => {
    await dark(page).then(() => page.reload());
    const filter = (caption) => page.$eval(`div.cell:has(+ ${caption}) img.plot`, (image) => getComputedStyle(image).filter);
    assert.match(await filter("#figure-3-2"), /invert/);
    assert.doesNotMatch(await filter("#figure-3-1"), /invert/);
  }));
});

describe("search", () => {
  for (const [query, wanted] of [["softmax", "bplib.ops.softmax"], ["δ", "Backpropagation"], ["∂", "formula"], ["chain rule", "The chain rule"]]) {
    test(`finds ${query}`, () => visit(`search.html?q=${encodeURIComponent(query)}`, {}, async (page, wrong) => {
      await page.waitForSelector("#search-results li a", { timeout: 10_000 });
      await page.waitForFunction(() => !/Searching/.test(document.querySelector("#search-results h2")?.textContent ?? ""));
      const said = await page.textContent("#search-results");
      assert.match(said, new RegExp(wanted.replace(".", "\\."), "i"));
      assert.deepEqual(wrong, []);
    }));
  }
});

describe("what moves", () => {
  test("the first page's network steps, by key and by button", () => visit("index.html", { reducedMotion: "reduce" }, async (page) => {
    const card = page.locator(".figure .wide .bplib-card");
    const count = card.locator(".bplib-count");
    assert.match(await count.textContent(), /^1 of/);
    await card.getByRole("button", { name: "Next" }).click();
    assert.match(await count.textContent(), /^2 of/);
    await card.press("End");
    assert.match(await card.locator(".bplib-say").textContent(), /all 9 gradients/);
  }));

  test("it begins to move by itself, and the first touch stops it", () => visit("index.html", {}, async (page) => {
    const card = page.locator(".figure .wide .bplib-card");
    await card.getByText("Pause").waitFor({ timeout: 5000 });
    await card.getByRole("button", { name: "Pause" }).click();
    assert.equal(await card.getByRole("button", { name: "Play" }).count(), 1);
  }));

  test("light becomes dark and stays dark on the next page", () => visit("index.html", { colorScheme: "light" }, async (page) => {
    await page.click("#light");
    await page.goto(`${site.address}/${CHAPTER}`);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  }));

  test("pointing at an equation's number shows the equation", () => visit("book/04_by_hand.html", {}, async (page, wrong) => {
    await page.locator("a.numbered-reference[href*='#equation-']").first().hover();
    await page.waitForSelector(".preview .formula svg");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".preview").count(), 0);
    await page.locator("article a[href*='91_glossary.html#']").first().focus();
    await page.waitForSelector(".preview");
    assert.deepEqual(wrong, []);
  }));

  test("a name in a chapter's code leads to the library", () => visit(CHAPTER, {}, async (page) => {
    const link = page.locator(".cell_input a[href*='reference/']", { hasText: "data.digits" }).first();
    assert.match(await link.getAttribute("href"), /reference\/data\.html#bplib\.data\.digits$/);
  }));

  test("code can be copied", () => visit(CHAPTER, {}, async (page, wrong, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("div.cell_input").first().hover();
    await page.locator("button.copybtn").first().click();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^import math/);
  }));
});

describe("without JavaScript", () => {
  test("a chapter has its text, formulas and the still of its figures", () => visit("book/04_by_hand.html", { javaScriptEnabled: false }, async (page) => {
    assert.ok(await page.locator(".formula svg").count() > 10);
    assert.ok(await page.locator(".mathml math").count() > 10);
    assert.ok(await page.locator(".bplib-still img").first().isVisible());
  }));
});

describe("speed", () => {
  test("a chapter is there within two seconds and weighs less than 1 MB", () => visit(CHAPTER, {}, async (page) => {
    const took = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domInteractive);
    assert.ok(took < 2000, `interactive after ${took} ms`);
    const names = await page.evaluate(() => [location.href, ...performance.getEntriesByType("resource").map((entry) => entry.name)]);
    const files = [...new Set(names.map((name) => decodeURIComponent(new URL(name).pathname)))].filter((path) => !path.startsWith("/figures/"));
    const weight = files.reduce((sum, path) => sum + gzipSync(readFileSync(join(SITE, path))).length, 0);
    assert.ok(weight > 50_000 && weight < 1_000_000, `${weight} bytes compressed, figures apart`);
  }));
});
