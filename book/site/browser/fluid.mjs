// How long a figure takes from a reader's input to the painted frame: node browser/fluid.mjs
import { begin, browser, end, FIGURES, site } from "./figures.mjs";
import { open, PHONE } from "./visit.mjs";

await begin();
for (const figure of FIGURES) {
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
  const { page } = await open(context, site.address, figure.path);
  const client = await context.newCDPSession(page);
  const line = [];
  for (const rate of [1, 4]) {
    await client.send("Emulation.setCPUThrottlingRate", { rate });
    const took = await page.evaluate(async (name) => {
      const card = document.querySelector(`.bplib-card[aria-label^="${name}"]`);
      card.scrollIntoView({ block: "start" });
      const slider = card.querySelector("input[type=range]"), lists = card.querySelectorAll("select");
      const image = card.querySelector("img"), times = [];
      const key = (name) => card.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
      if (!slider && !lists.length) key("Home");
      const act = (i) => {
        if (slider) slider.value = i % (+slider.max + 1);
        if (slider) return slider.dispatchEvent(new Event("input", { bubbles: true }));
        if (!lists.length) return key(i % 24 < 12 ? "ArrowRight" : "ArrowLeft");
        const list = lists[i % lists.length];
        list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
        return list.dispatchEvent(new Event("change", { bubbles: true }));
      };
      for (let i = 0; i < 30; i++) {
        await new Promise((done) => setTimeout(done, 60));
        const start = performance.now();
        act(i);
        const script = performance.now() - start;
        if (image) await image.decode().catch(() => {});
        await new Promise((done) => requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = done;
          channel.port2.postMessage(0);
        }));
        times.push([performance.now() - start, script]);
      }
      return times;
    }, figure.name);
    for (const [what, k] of [["frame", 0], ["script", 1]]) {
      const sorted = took.map((one) => one[k]).sort((a, b) => a - b).map((ms) => ms.toFixed(1));
      line.push(`${what} ${sorted[15]} (nine in ten below ${sorted[27]}) ms at 1/${rate}`);
    }
  }
  console.log(`${figure.title}: ${line.join(", ")}`);
  await context.close();
}
await end();
