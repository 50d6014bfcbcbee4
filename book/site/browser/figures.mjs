// What the tests of the figures share: which figures there are, and how to look at one.
import assert from "node:assert/strict";
import { browse, DESK, inTheme, open, PHONE, serve } from "./visit.mjs";

const STILL = { reducedMotion: "reduce" };
export const SCREENS = {
  phone: { viewport: PHONE, hasTouch: true, isMobile: true, ...STILL },
  desk: { viewport: DESK, ...STILL },
};

/* `name`: how the card's name begins. `on`, `off`: the buttons that go on and back. `steps`: how many
   places the figure has, `ends`: what its sentence says at the last one. */
export const FIGURES = [
  {
    title: "the computational graph of chapter 1", path: "book/01_chain_rule.html",
    name: "Step through the graph", on: /^(Next|Show it)$/, off: "Back", steps: 12,
    ends: /^Done\. One walk back gave the gradient/,
  },
  {
    title: "the loss surface of chapter 2", path: "book/02_linear_regression.html",
    name: "Figure with a slider: learning rate", slider: "learning rate", on: "Next", off: "Back",
    steps: 7, ends: /./,
  },
  {
    title: "the network of chapter 4", path: "book/04_by_hand.html",
    name: "Step through the graph", on: /^(Next|Show it)$/, off: "Back", steps: 29,
    ends: /^Done\. One walk back, and all 13 gradients are there\.$/,
  },
  {
    title: "the checkpointing trade of chapter 7", path: "book/07_what_it_costs.html",
    name: "Figure with a slider: segments", slider: "segments", on: "Next", off: "Back", steps: 6,
    ends: /^32 segments of 2: at most \d+ activations are held\.$/,
  },
  {
    title: "the race of optimizers of chapter 9", path: "book/09_optimizers.html",
    name: "A race of optimizers", slider: "step", on: "Next", off: "Back", steps: 22,
    ends: /^Valley, step 120\. SGD at 0\.1: loss/,
  },
  {
    title: "signals through depth, chapter 10", path: "book/10_signals.html",
    name: "Figure with lists to choose from", lists: ["bend", "std of the weights", "layers"],
  },
  {
    title: "the threshold of chapter 11", path: "book/11_generalisation.html",
    name: "Figure with a threshold to move", slider: "threshold τ", on: "τ up", off: "τ down",
    steps: 61, ends: /^τ above all: 0 called malignant, 0 of them rightly; \d+ missed\./,
  },
];

export let browser, site;

/** Chromium and the site, before the first look. */
export async function begin() {
  [browser, site] = await Promise.all([browse(), serve()]);
}

export async function end() {
  await browser.close();
  site.stop();
}

/** Open a figure's page; look at its card. At the end nothing was asked for and nothing went wrong. */
export async function look(figure, settings, act, theme = "light") {
  const context = await browser.newContext(settings);
  try {
    await inTheme(context, theme);
    const { page, wrong } = await open(context, site.address, figure.path);
    const asked = [];
    // Pictures and letters further down, and the page's mark, still come; a figure would ask by a
    // script.
    page.on("request", (request) => {
      if (!["image", "font", "other"].includes(request.resourceType())) asked.push(request.url());
    });
    page.on("websocket", (socket) => asked.push(socket.url()));
    page.setDefaultTimeout(8000);
    const card = page.locator(`.bplib-card[aria-label^="${figure.name}"]`).first();
    await card.evaluate((node) => node.scrollIntoView({ block: "start" }));
    const before = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(before <= settings.viewport.width, `${before} px wide before anything is done`);
    await act({ page, card });
    assert.deepEqual(asked, [], "a figure needs nothing after its page is there");
    assert.deepEqual(wrong, []);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= settings.viewport.width, `${width} px wide`);
  } finally {
    await context.close();
  }
}

/** What a figure shows and says. */
export async function now(card) {
  await card.page().evaluate(() => Promise.all([...document.images]
    .filter((image) => image.closest(".bplib-card")).map((image) => image.decode())));
  const picture = card.locator(".bplib-frame, .bplib-race-map, .bplib-both").first();
  const said = card.locator("[role=status]").first();
  assert.equal(await said.getAttribute("aria-live"), "polite");
  return {
    picture: (await picture.screenshot({ animations: "disabled" })).toString("base64"),
    said: await said.textContent(),
    alt: await card.getByRole("img").first().evaluate((node) => node.alt ?? node.getAttribute("aria-label")),
  };
}

export function differ(one, two, what) {
  assert.notEqual(one.picture, two.picture, `${what}: the picture stays the same`);
  assert.notEqual(one.said, two.said, `${what}: the sentence stays the same`);
}

/** Where the controls of a card stand, from its upper left corner, and how high the card is. */
export function places(card) {
  return card.evaluate((node) => {
    const top = node.getBoundingClientRect();
    const controls = node.querySelectorAll(":is(.bplib-row, .bplib-race-side) :is(button, input, select)");
    const boxes = [...controls].map((one) => {
      const box = one.getBoundingClientRect();
      return [box.left - top.left, box.top - top.top, box.width, box.height].map(Math.round).join(" ");
    });
    return { boxes, height: Math.round(top.height) };
  });
}

/** Press Tab from the text before the figure until `wanted` has the focus. */
export async function tabTo(page, card, wanted) {
  await card.evaluate((node) => {
    const before = document.createElement("span");
    before.tabIndex = -1;
    node.closest(".bplib-live").before(before);
    before.focus();
  });
  for (let k = 0; k < 30; k++) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((node) => node === document.activeElement)) return;
    const inside = await card.evaluate((node) => node.contains(document.activeElement));
    assert.ok(inside, "Tab leaves the figure before it gets there");
  }
  assert.fail("Tab does not get there");
}

/** How the browser tells a screen reader about one control. */
export async function spoken(page, locator) {
  const client = await page.context().newCDPSession(page);
  await locator.evaluate((node) => { globalThis.looked = node; });
  const { result: { objectId } } = await client.send("Runtime.evaluate", { expression: "looked" });
  const asked = { objectId, fetchRelatives: false };
  const { nodes: [node] } = await client.send("Accessibility.getPartialAXTree", asked);
  return { role: node.role.value, name: node.name.value, value: node.value?.value };
}
