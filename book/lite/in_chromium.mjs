// What a reader does, in a real browser: opens notebooks of a finished build, runs them, answers.
//
//     node book/lite/in_chromium.mjs OUTPUT [SCREENSHOTS]
//
// It serves OUTPUT itself, counts what leaves it, and prints what it measured. CHROMIUM names the
// browser; without it, what Debian, Ubuntu and macOS call it is looked for.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { browser, expect, launch, Reader, serve, summary, WRONG } from "./reader.mjs";

const [output, screenshots] = process.argv.slice(2);
const COLAB = "https://colab.research.google.com/github/ada/book/blob/colab/";

async function main() {
  // A build for a public repository has its address in the page; this one gets some.
  const page = path.join(output, "notebooks/index.html");
  const html = fs.readFileSync(page, "utf8").replace(/var colab = ".*?"/, `var colab = "${COLAB}"`);
  const { address, moved, stop } = await serve(output, new Map([[page, Buffer.from(html)]]));
  const { context, home } = await launch();
  const outside = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
  });
  const reader = new Reader(await context.newPage(), address);
  const picture = async (name) => {
    if (screenshots) await reader.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  };

  await reader.open("exercises/01_chain_rule.ipynb");
  await reader.answer("import");
  const wrong = await reader.answer("def sum_times_gradients", `${WRONG}\n\n\ncheck(sum_times_gradients)`);
  const first = reader.seconds();
  const { raw, packed: gzip } = moved;
  expect("a wrong answer hears which mistake it is", wrong.includes("Likely mistake"), wrong.split("\n")[1]);
  await reader.page.waitForTimeout(300);
  await picture("wrong");
  const right = await reader.answer("def sum_times_gradients",
    `${WRONG.replace("x + y, x + y, z", "z, z, x + y")}\n\n\ncheck(sum_times_gradients)`);
  expect("a right one passes", right.includes("✓"), right.split("\n")[0]);
  const hint = await reader.answer("check(bitterness_slope)", "hint(sum_times_gradients)");
  expect("a hint comes", hint.includes("Hint 1 of 3"), hint.split("\n")[0]);
  const completed = await reader.complete("np.linsp");
  expect("names are completed", completed.some((name) => name.endsWith("linspace")), completed.join(" "));
  await picture("right");
  expect("no server but this one is asked", outside.length === 0, outside.slice(0, 3).join(" ") || "none");

  for (const notebook of ["book/01_chain_rule.ipynb", "book/05_in_matrices.ipynb"]) {
    await reader.open(notebook);
    const { errors, ran, figures } = await reader.runAll();
    expect(`${notebook} runs in ${reader.seconds().toFixed(0)} s`, !errors.length && figures > 0,
      errors[0] ?? `${ran} cells, ${figures} figures`);
    await picture(path.basename(notebook, ".ipynb"));
  }

  await reader.open("exercises/01_chain_rule.ipynb");
  const kept = await reader.answer("import", "from bplib.checks import progress\nprogress()");
  expect("progress outlives the page", kept.includes("✓ sum_times_gradients"), kept.split("\n").at(-1));
  const file = await reader.page.evaluate(async () => {
    const { contents } = window.jupyterapp.serviceManager;
    const kept = await contents.get("progress.json", { content: true, format: "text", type: "file" });
    const found = JSON.parse(kept.content);
    found.exercises.bitterness_slope = { done: true };
    await contents.save("progress.json", { type: "file", format: "text", content: JSON.stringify(found) });
    return Object.keys(found.exercises);
  });
  expect("it is a file to download", file.includes("sum_times_gradients"), "progress.json");
  const imported = await reader.answer("progress()");
  expect("and one that was uploaded counts", imported.includes("✓ bitterness_slope"));
  const again = await reader.restart("while True: pass");
  expect("a cell that never ends gives way to Restart Kernel", again.trim() === "2", again.trim());
  expect("still no other server", outside.length === 0, outside.slice(0, 3).join(" ") || "none");

  await context.addInitScript(() => delete globalThis.WebAssembly);
  const old = await context.newPage();
  await old.goto(`${address}notebooks/index.html?path=book%2F01_chain_rule.ipynb`, { waitUntil: "commit" });
  const said = await old.locator("body > div > p").first().innerText();
  expect("a browser without WebAssembly gets a sentence", said.startsWith("This browser cannot run Python"), said);
  const button = await old.getByRole("link", { name: "Open in Colab" }).getAttribute("href");
  expect("and the button to Colab", button === `${COLAB}book/01_chain_rule.ipynb`, button);

  console.log(`first verdict ${first.toFixed(1)} s after navigation, load ${os.loadavg()[0].toFixed(1)} ` +
    `on ${os.cpus().length} cores (10 s are meant for a quiet machine); ` +
    `first load ${(raw / 1e6).toFixed(1)} MB, ${(gzip / 1e6).toFixed(1)} MB compressed (30 MB)`);
  expect("first load within 30 MB", gzip <= 30e6);
  await context.close();
  stop();
  fs.rmSync(home, { recursive: true, force: true });
}

if (!browser()) {
  console.log("test-lite: no Chromium was found (CHROMIUM names one), so no browser was opened");
  process.exit(0);
}
await main();
summary("everything works in the browser");
