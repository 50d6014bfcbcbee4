// The finished site in a real browser. `make test-browser` builds it first.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { convert } from "fontverter";
import { browse, LONG, open, pages, serve, SITE } from "./visit.mjs";

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

/** Lay out every section, come past every frame, and return to the top. */
async function unfold(page) {
  await page.addStyleTag({ content: "* { content-visibility: visible !important; scroll-behavior: auto !important; }" });
  await page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo(0, y);
      await new Promise((next) => requestAnimationFrame(next));
    }
    scrollTo(0, 0);
  });
}

describe("accessibility: no serious violation", () => {
  const looked = ["index.html", "contents.html", CHAPTER, "exercises/03_one_neuron.html",
    "solutions/03_one_neuron.html", "book/91_glossary.html", "reference/ops.html", "404.html"];
  const ways = looked.flatMap((path) => [[path, "light", DESK], [path, "dark", DESK]]);
  for (const [path, theme, viewport] of [...ways, ["index.html", "light", PHONE], [CHAPTER, "dark", PHONE], ["book/10_signals.html", "light", PHONE]]) {
    const quick = viewport === PHONE && path !== "book/10_signals.html";
    test(`${path}, ${theme}, ${viewport.width} px`, quick ? {} : LONG, () => visit(path, { colorScheme: theme, viewport }, async (page) => {
      if (theme === "dark") await dark(page).then(() => page.reload());
      await unfold(page);
      await page.addScriptTag({ content: AXE });
      const found = await page.evaluate(() => globalThis.axe.run({ exclude: [".bplib-live svg"] }));
      const serious = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
      const said = serious.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 140)} ${n.any[0]?.message ?? ""}`).join("\n  ")}`);
      assert.deepEqual(said, []);
    }));
  }

  test("headings: one title, no level left out; landmarks and the language", () => visit(CHAPTER, {}, async (page) => {
    const levels = await page.evaluate(() => [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].map((h) => +h.tagName[1]));
    assert.ok(levels.length > 10 && levels[0] === 1);
    levels.slice(1).forEach((level, i) => assert.ok(level > 1 && level <= levels[i] + 1, `h${level} after h${levels[i]}`));
    assert.equal(await page.locator("main").count(), 1);
    assert.equal(await page.getAttribute("html", "lang"), "en");
  }));

  test("the icons are there where the reader's system sets the colours", () => visit(CHAPTER, { forcedColors: "active", viewport: PHONE }, async (page) => {
    const [icon, paper] = await page.evaluate(() => [getComputedStyle(document.querySelector(".fa-bars"), "::before").backgroundColor, getComputedStyle(document.body).backgroundColor]);
    assert.notEqual(icon, paper);
  }));
});

describe("with the keyboard", () => {
  test("the search opens, and Escape closes it", () => visit(CHAPTER, {}, async (page) => {
    await page.keyboard.press("Control+k");
    assert.equal(await page.locator("#pst-search-dialog").getAttribute("open"), "");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#pst-search-dialog").getAttribute("open"), null);
  }));

  test("every stop of the first fifty is seen, and none is a trap", () => visit(CHAPTER, {}, async (page) => {
    const seen = [];
    for (let i = 0; i < 50; i++) {
      await page.keyboard.press("Tab");
      seen.push(await page.evaluate(() => {
        const at = document.activeElement, box = at.getBoundingClientRect();
        return `${at.tagName} ${at.textContent.trim().slice(0, 20)} ${Math.round(box.top)} ${getComputedStyle(at).outlineStyle !== "none" && box.width > 0}`;
      }));
    }
    assert.deepEqual(seen.filter((said) => said.endsWith("false")), []);
    assert.ok(new Set(seen).size > 45, "the focus goes in a circle");
  }));

  test("code wider than the screen can be reached and scrolled, other code is no stop", () => visit(CHAPTER, { viewport: PHONE }, async (page) => {
    await unfold(page);
    const frames = await page.evaluate(() => [...document.querySelectorAll("article pre")].filter((pre) => pre.checkVisibility({ contentVisibilityAuto: true })).map((pre) => [pre.scrollWidth > pre.clientWidth + 1, pre.tabIndex]));
    assert.ok(frames.some(([wide]) => wide) && frames.some(([wide]) => !wide));
    assert.deepEqual(frames.filter(([wide, index]) => index !== (wide ? 0 : -1)), []);
  }));

  test("a link to an equation far below leads there", () => visit(`${CHAPTER}#equation-3-10`, { viewport: PHONE }, async (page) => {
    await page.waitForFunction(() => {
      const box = document.querySelector("#equation-3-10").getBoundingClientRect();
      return box.top >= 0 && box.top < innerHeight / 2;
    }, null, { timeout: 5000 });
  }));
});

test("what a check says to an answer has the colour that it has in a notebook", () => visit("book/tour_of_the_checks.html", {}, async (page) => {
  const bars = await page.locator(".highlight-python + .highlight-text").evaluateAll((all) => all.map((one) => [one.textContent.trim()[0], getComputedStyle(one).borderLeftColor]));
  const colours = new Map(bars);
  assert.ok(bars.length > 30 && bars.every(([mark, colour]) => colour === colours.get(mark)));
  assert.equal(new Set([colours.get("✓"), colours.get("✗"), colours.get("H")]).size, 3);
}));

test("exercises have numbers, in their titles, in links to them and among the answers", () => visit("book/05_in_matrices.html", {}, async (page) => {
  const links = await page.locator('article a[href*="exercises/05_in_matrices.html#"]').allTextContents();
  assert.ok(links.length > 4 && links.every((text) => /^5\.\d · /.test(text)));
  const titles = async () => (await page.locator("article h2").allTextContents()).map((text) => text.replace(/#$/, ""));
  await page.goto(`${site.address}/exercises/05_in_matrices.html`);
  const asked = (await titles()).filter((text) => /^\d/.test(text));
  assert.deepEqual(asked.map((text) => text.split(" ")[0]), asked.map((_, i) => `5.${i + 1}`));
  assert.ok(links.every((text) => asked.includes(text)));
  await page.goto(`${site.address}/solutions/05_in_matrices.html`);
  assert.deepEqual(await titles(), asked);
}));

describe("in the dark", () => {
  test("figures are turned round, but not one whose caption speaks of shades", () => visit(CHAPTER, { colorScheme: "dark" }, async (page) => {
    await dark(page).then(() => page.reload());
    const filter = (caption) => page.$eval(`div.cell:has(+ ${caption}) img.plot`, (image) => getComputedStyle(image).filter);
    assert.match(await filter("#figure-3-2"), /invert/);
    assert.doesNotMatch(await filter("#figure-3-1"), /invert/);
  }));
});

describe("search", () => {
  const first = [
    ["softmax", /91_glossary\.html.*#term-softmax$/], ["softmax_backward", /ops\.html.*softmax_backward$/],
    ["chain rule", /01_chain_rule\.html/], ["δ", /90_notation\.html.*#letters$/], ["∂", /^book\//],
    ["dead ReLU", /91_glossary\.html.*#term-dead-relu$/], ["Hadamard", /91_glossary\.html.*#signs$/],
    ["learning rate", /91_glossary\.html.*#term-learning-rate$/],
  ];
  for (const [query, wanted] of first) {
    test(`finds ${query}, first where one wants it`, () => visit(`search.html?q=${encodeURIComponent(query)}`, { viewport: PHONE }, async (page, wrong) => {
      await page.waitForFunction(() => /found/.test(document.querySelector(".search-summary")?.textContent ?? ""), null, { timeout: 15_000 });
      assert.match(await page.locator("#search-results li a").first().getAttribute("href"), wanted);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= PHONE.width);
      assert.deepEqual(wrong, []);
    }));
  }
});

describe("typefaces", () => {
  // The licence of Source Serif keeps that name for the whole font; what the pages carry is a part.
  test("every one is a part of its font, and no name is borrowed", async () => {
    const folder = join(SITE, "_static/fonts");
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".woff2"))) {
      const font = (await convert(readFileSync(join(folder, name)), "truetype")).toString("latin1").replaceAll("\0", "");
      assert.ok(font.includes(name.startsWith("source") ? "Ground Serif 4" : name.split("-")[0] === "inter" ? "Inter" : "JetBrains"));
      assert.doesNotMatch(font.replace(/Reserved Font Name\s+Source/, ""), /Source ?Serif/);
    }
  });

  test("a page is set in them", () => visit(CHAPTER, {}, async (page) => {
    const loaded = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll('"', ""));
    });
    assert.deepEqual([...new Set(loaded)].sort(), ["Ground Serif", "Inter", "JetBrains Mono"]);
  }));
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

  for (const path of ["index.html", CHAPTER, "exercises/03_one_neuron.html", "reference/ops.html", "search.html"]) {
    test(`${path}: no button that does nothing`, () => visit(path, { javaScriptEnabled: false, viewport: PHONE }, async (page) => {
      const shown = await page.locator("button").evaluateAll((all) => all.filter((b) => b.checkVisibility()).map((b) => b.outerHTML.slice(0, 120)));
      assert.deepEqual(shown, []);
    }));
  }

  test("what folds can be opened, code has its colours, search says what it needs", async () => {
    await visit(CHAPTER, { javaScriptEnabled: false }, async (page) => {
      const fold = page.locator("article details").first();
      await fold.locator("summary").click();
      assert.equal(await fold.getAttribute("open"), "");
      const [word, text] = await page.evaluate(() => [".k, .kn", "pre"].map((each) => getComputedStyle(document.querySelector(`article ${each}`)).color));
      assert.notEqual(word, text);
    });
    await visit("search.html", { javaScriptEnabled: false }, async (page) => {
      assert.match(await page.locator("main").innerText(), /JavaScript/);
    });
  });
});

/** What a page loads, compressed, its figures apart. */
async function weigh(page) {
  const names = await page.evaluate(() => [location.href, ...performance.getEntriesByType("resource").map((entry) => entry.name)]);
  const files = [...new Set(names.filter((name) => name.startsWith("http")).map((name) => decodeURIComponent(new URL(name).pathname)))];
  return files.filter((path) => !path.startsWith("/figures/")).reduce((sum, path) => sum + squeezed(path), 0);
}

const kept = new Map();
function squeezed(path) {
  if (!kept.has(path)) kept.set(path, gzipSync(readFileSync(join(SITE, path))).length);
  return kept.get(path);
}

describe("weight and speed", () => {
  test("every page weighs less than 1 MB, and only its style sheet holds it up", LONG, async (t) => {
    const context = await browser.newContext({ viewport: DESK });
    const found = [];
    for (const path of pages().filter((each) => each !== "404.html")) {
      const { page } = await open(context, site.address, path);
      const { held, ready } = await page.evaluate(() => ({
        held: performance.getEntriesByType("resource").filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => new URL(entry.name).pathname),
        ready: performance.getEntriesByType("navigation")[0].domInteractive,
      }));
      const weight = await weigh(page);
      assert.ok(weight > 50_000 && weight < 1_000_000, `${path}: ${weight} bytes compressed, figures apart`);
      const sheets = path === "index.html" ? ["/_static/fonts.css", "/_static/landing.css"] : ["/_static/book.css"];
      assert.deepEqual(held.sort(), sheets, path);
      found.push({ path, weight, ready });
      await page.close();
    }
    await context.close();
    const heaviest = found.reduce((a, b) => (a.weight > b.weight ? a : b));
    const slowest = found.reduce((a, b) => (a.ready > b.ready ? a : b));
    t.diagnostic(`${found.length} pages; heaviest ${heaviest.path}, ${heaviest.weight} bytes; slowest ${slowest.path}, interactive after ${Math.round(slowest.ready)} ms`);
  });

  test("a chapter can be used within two seconds", () => visit(CHAPTER, {}, async (page) => {
    const took = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domInteractive);
    assert.ok(took < 2000, `interactive after ${took} ms`);
  }));

  for (const path of ["index.html", CHAPTER, "book/05_in_matrices.html", "exercises/03_one_neuron.html"]) {
    for (const viewport of [PHONE, DESK]) {
      test(`${path} does not jump while it loads, ${viewport.width} px`, viewport === PHONE ? {} : LONG, () => visit(path, { viewport }, async (page) => {
        await page.waitForTimeout(1000);
        const moved = await page.evaluate(() => new Promise((tell) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.hadRecentInput ? 0 : entry.value; })).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => tell(sum), 200);
        }));
        assert.ok(moved < 0.1, `layout shift of ${moved}`);
      }));
    }
  }
});
