// What a reader does, in a real browser: opens notebooks of a finished build, runs them, answers.
//
//     node book/lite/in_chromium.mjs OUTPUT [SCREENSHOTS]
//
// It serves OUTPUT itself, counts what leaves it, and prints what it measured. CHROMIUM names the
// browser; without it, what Debian, Ubuntu and macOS call it is looked for.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { chromium } from "playwright-core";

const [output, screenshots] = process.argv.slice(2);
const TYPES = {
  ".css": "text/css", ".html": "text/html", ".ipynb": "application/json", ".js": "text/javascript",
  ".json": "application/json", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};
const PATIENCE = 180_000; // a first start on a busy machine
// f = (x + y) z: the factors of the product, each as its own slope instead of the other's.
const WRONG = "def sum_times_gradients(x, y, z):\n    return x + y, x + y, z";
const moved = { raw: 0, packed: 0 };
const packed = new Map(); // compressed sizes, so that compressing takes no time from the browser

// What JupyterLite shows of itself to tests: its commands and its documents.
function served(file) {
  const data = fs.readFileSync(file);
  if (file !== path.join(output, "jupyter-lite.json")) return data;
  const settings = JSON.parse(data);
  settings["jupyter-config-data"].exposeAppInBrowser = true;
  return Buffer.from(JSON.stringify(settings));
}

function weigh() {
  for (const name of fs.readdirSync(output, { recursive: true })) {
    const file = path.join(output, name);
    if (fs.statSync(file).isFile()) packed.set(file, zlib.gzipSync(served(file), { level: 6 }).length);
  }
}

async function serve() {
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = path.join(output, name.endsWith("/") ? `${name}index.html` : name);
    if (!packed.has(file)) return response.writeHead(404).end();
    const tag = `"${packed.get(file)}"`;
    if (request.headers["if-none-match"] === tag) return response.writeHead(304).end();
    const data = served(file);
    moved.raw += data.length;
    moved.packed += Math.min(data.length, packed.get(file));
    const type = TYPES[path.extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "cache-control": "max-age=600", etag: tag }).end(data);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

function browser() {
  const named = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
  return process.env.CHROMIUM ?? named.find((one) => fs.existsSync(one));
}

// A fresh browser; on a busy machine the first try may not come up.
async function launch(tries = 3) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "lite-"));
  try {
    const context = await chromium.launchPersistentContext(home, {
      executablePath: browser(), headless: true, timeout: PATIENCE,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update"],
    });
    context.setDefaultTimeout(PATIENCE);
    return { context, home };
  } catch (error) {
    fs.rmSync(home, { recursive: true, force: true });
    if (tries > 1) return launch(tries - 1);
    throw error;
  }
}

class Reader {
  constructor(page, address) {
    Object.assign(this, { page, address, started: 0 });
  }

  seconds() {
    return (Date.now() - this.started) / 1000;
  }

  async open(notebook) {
    this.started = Date.now();
    await this.page.goto(`${this.address}notebooks/index.html?path=${notebook}`);
    const shown = () => window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 1;
    await this.page.waitForFunction(shown, null, { timeout: PATIENCE });
    await this.page.evaluate(() => window.jupyterapp.shell.currentWidget.context.sessionContext.ready);
  }

  // Puts text in the first cell that contains `mark`, runs it, returns what it shows.
  async answer(mark, text) {
    return this.page.evaluate(async ([mark, text]) => {
      const { content } = window.jupyterapp.shell.currentWidget;
      const index = content.widgets.findIndex(
        (cell) => cell.model.type === "code" && cell.model.sharedModel.source.includes(mark));
      content.activeCellIndex = index;
      content.widgets[index].node.scrollIntoView({ block: "center" });
      if (text) content.widgets[index].model.sharedModel.source = text;
      await window.jupyterapp.commands.execute("notebook:run-cell");
      const outputs = content.widgets[index].model.outputs.toJSON();
      return outputs.map((one) => one.data?.["text/plain"] ?? one.text ?? `${one.ename}: ${one.evalue}`).flat().join("\n");
    }, [mark, text]);
  }

  async complete(code) {
    return this.page.evaluate(async (code) => {
      const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
      return (await kernel.requestComplete({ code, cursor_pos: code.length })).content.matches;
    }, code);
  }

  // Runs every cell; returns the errors, and how many cells ran.
  async runAll() {
    return this.page.evaluate(async () => {
      await window.jupyterapp.commands.execute("notebook:run-all-cells");
      const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON().cells;
      const code = cells.filter((cell) => cell.cell_type === "code");
      const errors = code.flatMap((cell) => cell.outputs).filter((one) => one.output_type === "error");
      const figures = code.flatMap((cell) => cell.outputs).filter((one) => one.data?.["image/svg+xml"] || one.data?.["text/html"]);
      return { errors: errors.map((one) => `${one.ename}: ${one.evalue}`), ran: code.length, figures: figures.length };
    });
  }

  async picture(name) {
    if (screenshots) await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
}

let failed = 0;
function expect(what, holds, found) {
  console.log(`${holds ? "✓" : "✗"} ${what}${found === undefined ? "" : `: ${found}`}`);
  failed += holds ? 0 : 1;
}

async function main() {
  weigh();
  const server = await serve();
  const address = `http://127.0.0.1:${server.address().port}/`;
  const { context, home } = await launch();
  const outside = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
  });
  const reader = new Reader(await context.newPage(), address);

  await reader.open("exercises/01_chain_rule.ipynb");
  await reader.answer("import");
  const wrong = await reader.answer("def sum_times_gradients", `${WRONG}\n\n\ncheck(sum_times_gradients)`);
  const first = reader.seconds();
  const { raw, packed: gzip } = moved;
  expect("a wrong answer hears which mistake it is", wrong.includes("Likely mistake"), wrong.split("\n")[1]);
  await reader.page.waitForTimeout(300);
  await reader.picture("wrong");
  const right = await reader.answer("def sum_times_gradients",
    `${WRONG.replace("x + y, x + y, z", "z, z, x + y")}\n\n\ncheck(sum_times_gradients)`);
  expect("a right one passes", right.includes("✓"), right.split("\n")[0]);
  const hint = await reader.answer("check(bitterness_slope)", "hint(sum_times_gradients)");
  expect("a hint comes", hint.includes("Hint 1 of 3"), hint.split("\n")[0]);
  const completed = await reader.complete("np.linsp");
  expect("names are completed", completed.some((name) => name.endsWith("linspace")), completed.join(" "));
  await reader.picture("right");
  expect("no server but this one is asked", outside.length === 0, outside.slice(0, 3).join(" ") || "none");

  for (const notebook of ["book/01_chain_rule.ipynb", "book/05_in_matrices.ipynb"]) {
    await reader.open(notebook);
    const { errors, ran, figures } = await reader.runAll();
    expect(`${notebook} runs in ${reader.seconds().toFixed(0)} s`, !errors.length && figures > 0,
      errors[0] ?? `${ran} cells, ${figures} figures`);
    await reader.picture(path.basename(notebook, ".ipynb"));
  }

  await reader.open("exercises/01_chain_rule.ipynb");
  const kept = await reader.answer("import", "from bplib.checks import progress\nprogress()");
  expect("progress outlives the page", kept.includes("✓ sum_times_gradients"), kept.split("\n").at(-1));
  const file = await reader.page.evaluate(async () => {
    const { contents } = window.jupyterapp.serviceManager;
    const found = JSON.parse((await contents.get("progress.json", { content: true, format: "text", type: "file" })).content);
    found.exercises.bitterness_slope = { done: true };
    await contents.save("progress.json", { type: "file", format: "text", content: JSON.stringify(found) });
    return Object.keys(found.exercises);
  });
  expect("it is a file to download", file.includes("sum_times_gradients"), "progress.json");
  const imported = await reader.answer("progress()");
  expect("and one that was uploaded counts", imported.includes("✓ bitterness_slope"));
  expect("still no other server", outside.length === 0, outside.slice(0, 3).join(" ") || "none");

  await context.addInitScript(() => delete globalThis.WebAssembly);
  const old = await context.newPage();
  const colab = "https://colab.research.google.com/github/ada/book/blob/colab/";
  await old.route("**/notebooks/index.html*", async (route) => {
    const html = await (await route.fetch()).text();
    await route.fulfill({ contentType: "text/html", body: html.replace(/var colab = ".*?"/, `var colab = "${colab}"`) });
  });
  await old.goto(`${address}notebooks/index.html?path=book%2F01_chain_rule.ipynb`, { waitUntil: "commit" });
  const said = await old.locator("body > div > p").first().innerText();
  expect("a browser without WebAssembly gets a sentence", said.startsWith("This browser cannot run Python"), said);
  const button = await old.getByRole("link", { name: "Open in Colab" }).getAttribute("href");
  expect("and the button to Colab", button === `${colab}book/01_chain_rule.ipynb`, button);

  console.log(`first verdict ${first.toFixed(1)} s after navigation, load ${os.loadavg()[0].toFixed(1)} ` +
    `on ${os.cpus().length} cores (10 s are meant for a quiet machine); ` +
    `first load ${(raw / 1e6).toFixed(1)} MB, ${(gzip / 1e6).toFixed(1)} MB compressed (30 MB)`);
  expect("first load within 30 MB", gzip <= 30e6);
  await context.close();
  server.close();
  fs.rmSync(home, { recursive: true, force: true });
}

if (!browser()) {
  console.log("test-lite: no Chromium was found (CHROMIUM names one), so no browser was opened");
  process.exit(0);
}
await main();
console.log(failed ? `test-lite: ${failed} failed` : "test-lite: everything works in the browser");
process.exit(failed ? 1 : 0);
