// Every figure that moves, on a phone and on a desk: by keys, by touch, to a screen reader, on paper.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  begin, browser, differ, end, FIGURES, look, now, places, SCREENS, site, spoken, tabTo,
} from "./figures.mjs";
import { LONG, open, serious } from "./visit.mjs";

const ASSETS = join(import.meta.dirname, "../../../bplib/draw/assets");

before(begin);
after(end);

/** From its first place to its last and back with the keyboard, or through every list. */
async function byKeys(figure, page, card) {
  if (figure.lists) {
    for (const name of figure.lists) {
      const before = await now(card), list = card.getByRole("combobox", { name, exact: true });
      const value = await list.inputValue();
      await tabTo(page, card, list);
      await page.keyboard.press("ArrowDown");
      assert.notEqual(await list.inputValue(), value);
      differ(before, await now(card), name);
    }
    return;
  }
  const on = card.getByRole("button", { name: figure.on });
  const off = card.getByRole("button", { name: figure.off });
  await tabTo(page, card, figure.slider ? card.getByRole("slider") : on);
  await page.keyboard.press("Home");
  const start = await now(card);
  await page.keyboard.press("ArrowRight");
  const second = await now(card);
  differ(start, second, "ArrowRight");
  await page.keyboard.press("ArrowLeft");
  assert.equal((await now(card)).said, start.said);
  await page.keyboard.press("End");
  const end = await now(card);
  differ(second, end, "End");
  assert.match(end.said, figure.ends);
  await tabTo(page, card, off);
  await page.keyboard.press("Enter");
  differ(end, await now(card), "Enter on the button that goes back");
  // At the first step that button is off. It held the focus, and the keys go on working.
  await page.keyboard.press("Home");
  assert.equal(await off.isEnabled(), false);
  await page.keyboard.press("ArrowRight");
  assert.equal((await now(card)).said, second.said);
}

/** Through all its steps with a finger or a mouse, while no control moves. */
async function byTouch(figure, card, press) {
  if (figure.lists) {
    const before = await now(card), stood = await places(card);
    for (const name of figure.lists) {
      const list = card.getByRole("combobox", { name, exact: true });
      const values = await list.locator("option").evaluateAll((all) => all.map((one) => one.value));
      for (const value of values) {
        await list.selectOption(value);
        assert.deepEqual(await places(card), stood);
      }
    }
    differ(before, await now(card), "the last of every list");
    return;
  }
  const on = card.getByRole("button", { name: figure.on });
  const off = card.getByRole("button", { name: figure.off });
  await card.getByRole("button").first().press("Home");
  const before = await now(card), stood = await places(card), heights = new Set([stood.height]);
  await press(on);
  differ(before, await now(card), "a step on");
  for (let step = 2; step < Math.min(figure.steps, 30); step++) {
    const there = await places(card);
    assert.deepEqual(there.boxes, stood.boxes, `controls moved at step ${step}`);
    heights.add(there.height);
    assert.equal(await on.isEnabled(), true, `the way ends at step ${step}`);
    await press(on);
  }
  if (figure.steps > 30) await off.press("End");
  assert.equal(await on.isEnabled(), false, "the way goes on after its last step");
  const end = await now(card);
  assert.match(end.said, figure.ends);
  heights.add((await places(card)).height);
  // A stepper has a second height: on the way back there are questions, and a line to answer in.
  assert.ok(heights.size <= (figure.slider ? 1 : 2), `heights ${[...heights]}`);
  await press(off);
  differ(end, await now(card), "a step back");
}

/** Nothing is too small to touch or to read, and what goes on beyond the edge says so. */
async function largeEnough(card, least) {
  const found = await card.evaluate((node) => {
    const wanted = "button, select, input[type=range], input[type=text], label, summary";
    const touched = [...node.closest(".bplib-live").querySelectorAll(wanted)]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }))
      .map((one) => [one.textContent || one.type, one.getBoundingClientRect()])
      .map(([name, box]) => [name, Math.min(box.height, box.width)]);
    const texts = [...node.querySelectorAll("svg text")].map((one) => {
      const { a, b } = one.getScreenCTM();
      return parseFloat(getComputedStyle(one).fontSize) * Math.hypot(a, b);
    });
    // The frames of a player are images; their smallest letters are 10 pt high.
    const image = node.querySelector(".bplib-view > img");
    if (image) texts.push(13.3 * image.getBoundingClientRect().width / image.naturalWidth);
    const view = node.querySelector(".bplib-view"), edge = view?.parentElement;
    const scrolls = view ? view.scrollWidth > view.clientWidth + 1 : false;
    const cues = scrolls ? ["::before", "::after"].map((k) => +getComputedStyle(edge, k).opacity) : [];
    return { touched, texts, scrolls, cue: Math.max(...cues), tab: view?.tabIndex };
  });
  const small = found.touched.filter(([, size]) => size < least);
  assert.deepEqual(small, []);
  const smallest = Math.min(...found.texts);
  assert.ok(found.texts.length > 0 && smallest >= 9, `letters of ${smallest} px`);
  if (found.scrolls) assert.deepEqual([found.cue, found.tab], [1, 0]);
}

/** Roles, names and values, as the browser hands them on. */
async function toAScreenReader(figure, page, card) {
  assert.ok(await page.getByRole("group", { name: figure.name }).first().isVisible());
  const read = await card.ariaSnapshot();
  assert.match(read, /- '?img "/);
  assert.match(read, /- status: /);
  if (figure.slider) {
    const slider = card.getByRole("slider", { name: figure.slider, exact: true });
    await slider.press("Home");
    const { role, name } = await spoken(page, slider);
    assert.deepEqual({ role, name }, { role: "slider", name: figure.slider });
    // The browser's own account of a slider leaves out the text of its value.
    const mark = await card.locator(".bplib-mark").textContent();
    assert.equal(await slider.getAttribute("aria-valuetext"), mark);
    assert.ok(mark.length > 0);
  }
  for (const name of figure.lists ?? []) {
    const list = card.getByRole("combobox", { name, exact: true });
    const value = await list.evaluate((node) => node.selectedOptions[0].text);
    const { role, ...rest } = await spoken(page, list);
    assert.match(role, /combobox/i);
    assert.deepEqual(rest, { name, value });
  }
  for (const name of [figure.on, figure.off].filter(Boolean)) {
    assert.equal(await card.getByRole("button", { name, exact: true }).count(), 1);
  }
}

/** Two seconds of nothing, and no function of a figure's script among the names of the page. */
async function stillAndClean(page, card) {
  const script = readFileSync(join(ASSETS, "card.js"), "utf8");
  const names = [...script.matchAll(/^function (\w+)/gm)].map((found) => found[1]);
  assert.ok(names.length > 8);
  const left = await page.evaluate((all) => all.filter((one) => typeof window[one] === "function"), names);
  assert.deepEqual(left, []);
  const changes = await card.evaluate((node) => new Promise((done) => {
    let count = 0;
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    new MutationObserver((all) => { count += all.length; }).observe(node, everything);
    setTimeout(() => done(count + node.getAnimations({ subtree: true }).length), 2000);
  }));
  assert.equal(changes, 0);
}

/** The still picture and every sentence are there, and what can be pressed is not. */
async function onPaper(page, card) {
  await page.emulateMedia({ media: "print" });
  const seen = await card.evaluate((node) => {
    const live = node.closest(".bplib-live"), items = [...live.querySelectorAll("details li")];
    const visible = (one) => one.checkVisibility({ contentVisibilityAuto: true });
    return {
      card: visible(node), still: visible(live.querySelector(".bplib-still img")),
      words: items.length >= 4 && items.every((one) => visible(one) && one.offsetHeight > 0),
    };
  });
  assert.deepEqual(seen, { card: false, still: true, words: true });
}

async function noViolation(page, card) {
  await card.evaluate((node) => node.closest(".bplib-live").setAttribute("data-looked", ""));
  assert.deepEqual(await serious(page, { include: ["[data-looked]"] }), []);
}

for (const figure of FIGURES) {
  describe(figure.title, () => {
    test("on a phone", (t) => look(figure, SCREENS.phone, async ({ page, card }) => {
      await t.test("by keys alone", () => byKeys(figure, page, card));
      await t.test("by tap, and only the picture moves", () => byTouch(figure, card, (one) => one.tap()));
      await t.test("large enough", () => largeEnough(card, 39.5));
      await t.test("no serious violation", () => noViolation(page, card));
    }));

    test("on a desk", LONG, (t) => look(figure, SCREENS.desk, async ({ page, card }) => {
      await t.test("stands still by itself, leaves no name behind", () => stillAndClean(page, card));
      await t.test("by keys alone", () => byKeys(figure, page, card));
      await t.test("by mouse, and only the picture moves", () => byTouch(figure, card, (one) => one.click()));
      await t.test("large enough", () => largeEnough(card, 24));
      await t.test("to a screen reader", () => toAScreenReader(figure, page, card));
      await t.test("on paper", () => onPaper(page, card));
    }));

    test("no serious violation in the dark", LONG, () =>
      look(figure, SCREENS.desk, ({ page, card }) => noViolation(page, card), "dark"));
  });
}

/** The steppers ask for a gradient before they show it. */
const ASKING = [
  { figure: FIGURES[0], turn: 6, first: { answer: "1.2", said: "1.2 × 1 = 1.2" } },
  { figure: FIGURES[2], turn: 7, first: { answer: "-0,73", said: "do = 2 × (0.635 − 1) = −0.73" } },
];

describe("predict before reveal", () => {
  for (const { figure, turn, first } of ASKING) {
    for (const [screen, settings] of Object.entries(SCREENS)) {
      test(`${figure.title}, ${screen}`, () => look(figure, settings, async ({ page, card }) => {
        const said = card.locator(".bplib-say"), verdict = card.locator(".bplib-verdict");
        const answer = card.getByRole("textbox", { name: "Your answer" });
        const show = card.getByRole("button", { name: "Show it", exact: true });
        const shown = () => card.locator("svg [data-k]:not(.bplib-off)").count();
        const alt = () => card.locator("svg").first().getAttribute("aria-label");
        assert.equal(await answer.count(), 0);
        for (let k = 1; k < turn; k++) await card.press("ArrowRight");
        assert.match(await said.textContent(), /\?$/);
        assert.equal(await card.locator("svg .bplib-ask").count() > 0, true);
        assert.ok(!/[Gg]radient|[Dd]elta/.test(await alt()), "its description gives the answers away");
        const before = await shown();

        await answer.fill("77");
        await answer.press("Enter");
        assert.match(await verdict.textContent(), /^✗ Not 77\./);
        assert.equal(await verdict.getAttribute("role"), "status");
        assert.equal(await shown(), before);
        await answer.fill("a lot");
        await card.getByRole("button", { name: "Check" }).click();
        assert.match(await verdict.textContent(), /^Write a number/);
        assert.equal(await shown(), before);

        await answer.fill(first.answer);
        const check = card.getByRole("button", { name: "Check" });
        await (screen === "phone" ? check.tap() : answer.press("Enter"));
        assert.ok((await said.textContent()).startsWith("✓ Right. "));
        assert.ok((await said.textContent()).includes(first.said));
        assert.ok(await shown() > before, "the right answer shows nothing");
        assert.equal(await answer.evaluate((node) => node === document.activeElement), true);

        // The next one is shown without an answer, and nothing is said to be right.
        const there = await shown();
        await (screen === "phone" ? show.tap() : show.click());
        assert.ok(await shown() > there);
        assert.ok(!(await said.textContent()).includes("✓"));
        const marked = await card.evaluate((node) => {
          const view = node.querySelector(".bplib-view").getBoundingClientRect();
          const all = [...node.querySelectorAll("svg .bplib-ask, svg .bplib-hb")];
          const boxes = all.map((one) => one.getBoundingClientRect());
          return boxes.some((box) => box.right > view.left && box.left < view.right);
        });
        assert.ok(marked, "what is asked about is out of sight");

        await card.getByRole("checkbox", { name: "Predict first" }).uncheck();
        assert.equal(await answer.count(), 0);
        assert.equal(await show.count(), 0);
        await page.keyboard.press("End");
        assert.match(await said.textContent(), figure.ends);
        assert.match(await alt(), /Gradient|Deltas/);
      }));
    }
  }
});

describe("a finger, and Play", () => {
  const follows = "a slider follows the finger, and the page still scrolls";
  test(follows, () => look(FIGURES[1], SCREENS.phone, async ({ page, card }) => {
    const slider = card.getByRole("slider");
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox(), y = box.y + box.height / 2;
    const client = await page.context().newCDPSession(page);
    const touch = (type, x) => client.send("Input.dispatchTouchEvent", {
      type, touchPoints: x === null ? [] : [{ x: box.x + x * box.width, y }],
    });
    const before = await now(card);
    await page.touchscreen.tap(box.x + 0.02 * box.width, y);
    assert.equal(await slider.inputValue(), "0");
    await touch("touchStart", 0.02);
    for (let x = 0.1; x < 1; x += 0.1) await touch("touchMove", x);
    await touch("touchMove", 0.99);
    await touch("touchEnd", null);
    assert.equal(await slider.inputValue(), "6");
    differ(before, await now(card), "the finger");
    assert.equal(await slider.evaluate((node) => getComputedStyle(node).touchAction), "pan-y");
  }));

  for (const figure of [FIGURES[0], FIGURES[1], FIGURES[4]]) {
    const walks = `Play walks, is quiet, and stops at a touch: ${figure.title}`;
    test(walks, () => look(figure, SCREENS.phone, async ({ page, card }) => {
      await card.getByRole("button").first().press("Home");
      const start = await card.locator("[role=status]").first().textContent();
      const play = card.getByRole("button", { name: /^(Play|Race)$/ }), words = await play.textContent();
      const stood = await places(card);
      await play.tap();
      const said = card.locator("[role=status]").first();
      assert.equal(await said.getAttribute("aria-live"), "off");
      assert.deepEqual((await places(card)).boxes, stood.boxes);
      const node = await said.elementHandle();
      await page.waitForFunction(([one, old]) => one.textContent !== old, [node, start]);
      await card.getByRole("button", { name: "Pause" }).tap();
      assert.equal(await said.getAttribute("aria-live"), "polite");
      const held = await said.textContent();
      await page.waitForTimeout(1800);
      assert.equal(await said.textContent(), held);
      assert.equal(await card.getByRole("button", { name: words, exact: true }).count(), 1);
    }));
  }

  test("the first page stays still for those who ask for it", async () => {
    const context = await browser.newContext(SCREENS.phone);
    const { page, wrong } = await open(context, site.address, "index.html");
    const counts = page.locator(".figure .bplib-count");
    await page.waitForTimeout(2500);
    assert.deepEqual((await counts.allTextContents()).map((words) => words.slice(0, 4)), ["1 of", "1 of"]);
    assert.deepEqual(wrong, []);
    await context.close();
  });
});
