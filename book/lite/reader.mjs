// What the tests in a browser share: the pages on a port of their own, Chromium, and a reader.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { chromium } from "playwright-core";

const TYPES = {
  ".css": "text/css", ".html": "text/html", ".ipynb": "application/json", ".js": "text/javascript",
  ".json": "application/json", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm",
};
const PATIENCE = 180_000; // a first start on a busy machine
// f = (x + y) z: the factors of the product, each as its own slope instead of the other's.
export const WRONG = "def sum_times_gradients(x, y, z):\n    return x + y, x + y, z";

// What JupyterLite shows of itself to tests: its commands and its documents.
function shown(data) {
  const settings = JSON.parse(data);
  settings["jupyter-config-data"].exposeAppInBrowser = true;
  return Buffer.from(JSON.stringify(settings));
}

// Serves a folder, with other content for some of its files; counts what leaves it. Compressed
// sizes are known before, so that compressing takes no time from the browser.
export async function serve(output, instead = new Map()) {
  const moved = { raw: 0, packed: 0 };
  const files = new Map();
  for (const name of fs.readdirSync(output, { recursive: true })) {
    const file = path.join(output, name);
    if (!fs.statSync(file).isFile()) continue;
    const read = () => {
      const data = instead.get(file) ?? fs.readFileSync(file);
      return name === "jupyter-lite.json" ? shown(data) : data;
    };
    files.set(file, { read, packed: zlib.gzipSync(read(), { level: 6 }).length });
  }
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = files.get(path.join(output, name.endsWith("/") ? `${name}index.html` : name));
    if (!file) return response.writeHead(404).end();
    const tag = `"${file.packed}"`;
    if (request.headers["if-none-match"] === tag) return response.writeHead(304).end();
    const data = file.read();
    moved.raw += data.length;
    moved.packed += Math.min(data.length, file.packed);
    const type = TYPES[path.extname(name)] ?? (name.endsWith("/") ? "text/html" : "application/octet-stream");
    response.writeHead(200, { "content-type": type, "cache-control": "max-age=600", etag: tag }).end(data);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${server.address().port}/`, moved, stop: () => server.close() };
}

export function browser() {
  const named = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
  return process.env.CHROMIUM ?? named.find((one) => fs.existsSync(one));
}

// A fresh browser; on a busy machine the first try may not come up.
export async function launch(tries = 3) {
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

export class Reader {
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

  // Runs what never ends, restarts Python as the menu does, and adds two numbers there.
  async restart(endless) {
    await this.page.evaluate(async (endless) => {
      const { content, context } = window.jupyterapp.shell.currentWidget;
      content.activeCell.model.sharedModel.source = endless;
      window.jupyterapp.commands.execute("notebook:run-cell").catch(() => undefined);
      await new Promise((done) => setTimeout(done, 1000));
      await context.sessionContext.restartKernel();
    }, endless);
    return this.answer("def ", "print(1 + 1)");
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
}

let failed = 0;
export function expect(what, holds, found) {
  console.log(`${holds ? "✓" : "✗"} ${what}${found === undefined ? "" : `: ${found}`}`);
  failed += holds ? 0 : 1;
}

/** The last line, and the end. */
export function summary(works) {
  console.log(failed ? `test-lite: ${failed} failed` : `test-lite: ${works}`);
  process.exit(failed ? 1 : 0);
}
