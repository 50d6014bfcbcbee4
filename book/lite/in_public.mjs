// The book with Python from Pyodide's own address: one check, with a copy of that address.
//
//     node book/lite/in_public.mjs OUTPUT COPY
//
// OUTPUT is made by `build.py OUTPUT --public --address COPY`. The browser believes that COPY is the
// real address; no request goes anywhere else. What this cannot know is whether the real one has
// the same files: it is asked by name, and each of its wheels has to have the hash in our list.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { browser, expect, launch, Reader, serve, summary, WRONG } from "./reader.mjs";

const [output, copy] = process.argv.slice(2);
const LOCK = path.join(output, "static/pyodide/pyodide-lock.json");
const settings = JSON.parse(fs.readFileSync(path.join(output, "jupyter-lite.json")))["jupyter-config-data"];
const { pyodideUrl } = settings.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
const there = pyodideUrl.slice(0, pyodideUrl.lastIndexOf("/") + 1);
const sha256 = (file) => crypto.createHash("sha256").update(fs.readFileSync(file)).digest("hex");

// The list, with the hash of each wheel of the copy that is not the very file that Pyodide has.
const lock = JSON.parse(fs.readFileSync(LOCK));
let same = 0;
for (const entry of Object.values(lock.packages)) {
  const file = path.join(copy, path.basename(entry.file_name));
  if (!entry.file_name.startsWith(there) || !fs.existsSync(file)) continue;
  if (entry.sha256 === sha256(file)) same += 1;
  else entry.sha256 = sha256(file);
}

// Opens a notebook; a file of the copy whose name begins with `spoilt` has a byte too many.
async function visit(address, spoilt = "") {
  const { context, home } = await launch();
  const seen = { asked: [], elsewhere: [], said: [] };
  await context.route((url) => !url.href.startsWith(address), async (route) => {
    const url = route.request().url();
    const name = path.basename(new URL(url).pathname);
    const file = path.join(copy, name);
    if (!url.startsWith(there) || !fs.existsSync(file)) {
      seen.elsewhere.push(url);
      return route.abort();
    }
    seen.asked.push(name);
    const whole = fs.readFileSync(file);
    const body = spoilt && name.startsWith(spoilt) ? Buffer.concat([whole, Buffer.from("x")]) : whole;
    const contentType = { ".wasm": "application/wasm", ".mjs": "text/javascript" }[path.extname(name)];
    await route.fulfill({ body, contentType, headers: { "access-control-allow-origin": "*" } });
  });
  const reader = new Reader(await context.newPage(), address);
  reader.page.on("console", (message) => seen.said.push(message.text()));
  await reader.open("exercises/01_chain_rule.ipynb");
  const imports = await reader.answer("import");
  const close = async () => {
    await context.close();
    fs.rmSync(home, { recursive: true, force: true });
  };
  return { reader, seen, imports, close };
}

if (!browser()) {
  console.log("test-lite: no Chromium was found (CHROMIUM names one), so no browser was opened");
  process.exit(0);
}
const { address, stop } = await serve(output, new Map([[LOCK, Buffer.from(JSON.stringify(lock))]]));

const first = await visit(address);
const verdict = await first.reader.answer("def sum_times_gradients", `${WRONG}\n\n\ncheck(sum_times_gradients)`);
const { asked, elsewhere } = first.seen;
expect("with Python from Pyodide's own address a check works", verdict.includes("Likely mistake"));
expect(`only ${there} is asked`, asked.length > 0 && !elsewhere.length, elsewhere[0] ?? `${asked.length} files`);
console.log(`  ${asked.join(" ")}`);
console.log(`  ${same} wheels of the copy are, by their hash, the ones that Pyodide has`);
await first.close();

const second = await visit(address, "numpy-");
const refused = second.seen.said.some((line) => line.includes("Failed to load numpy"));
expect("a wheel with another content is refused", refused && second.imports.includes("No module named 'numpy'"));
await second.close();

stop();
summary("the public build works with a copy of Pyodide's address");
