// The book in Pyodide without a browser: every notebook of a finished build, cell by cell.
//
//     node book/lite/in_node.mjs OUTPUT [PART OF A PATH]…
//
// Then every answer in tests/answers, right and wrong, which must get the verdict that it gets
// elsewhere (`answers` alone runs these).
//
// A cell that raises fails, and so does one that writes a warning; the solutions must pass every
// check of their chapter, and the exercises, untouched, none. Packages come as in JupyterLite:
// those that start with the kernel, and then what a cell imports.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [output, ...wanted] = process.argv.slice(2);
const read = (...names) => JSON.parse(fs.readFileSync(path.join(output, ...names), "utf8"));
const settings = read("jupyter-lite.json")["jupyter-config-data"].litePluginSettings;
const kernel = settings["@jupyterlite/pyodide-kernel-extension:kernel"];
const folder = path.resolve(output, path.dirname(kernel.pyodideUrl)) + path.sep;
const quiet = { messageCallback() {} };

async function begin() {
  const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")));
  const python = await loadPyodide({ indexURL: folder, env: { BPLIB_PROGRESS: "memory", HOME: "/home" } });
  const packages = kernel.loadPyodideOptions.packages.filter((name) => name !== "piplite");
  await python.loadPackage(packages, quiet);
  const source = fs.readFileSync(new URL("in_node.py", import.meta.url), "utf8");
  python.runPython(source);
  return python;
}

function notebooks() {
  const found = [];
  for (const folder of ["book", "solutions", "exercises"]) {
    for (const one of read("api", "contents", folder, "all.json").content) {
      if (one.type === "notebook") found.push(one.path);
    }
  }
  return found.filter((name) => !wanted.length || wanted.some((part) => name.includes(part)));
}

async function run(python, name) {
  const Notebook = python.globals.get("Notebook");
  const notebook = Notebook(name);
  for (const cell of read("files", name).cells) {
    if (cell.cell_type !== "code") continue;
    const source = [cell.source].flat().join("");
    await python.loadPackagesFromImports(source, quiet);
    notebook.run(source, JSON.stringify(cell));
  }
  return notebook.verdict().toJs();
}

let failed = 0;
function report(name, started, problems) {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${problems.length ? "✗" : "✓"} ${name} ${seconds} s`);
  for (const problem of problems) console.log(`    ${problem}`);
  failed += problems.length ? 1 : 0;
}

try {
  const python = await begin();
  for (const name of notebooks()) {
    const started = Date.now();
    report(name, started, await run(python, name));
  }
  if (!wanted.length || wanted.includes("answers")) {
    const started = Date.now();
    const { FS } = python;
    FS.mkdirTree("/tests");
    FS.mount(FS.filesystems.NODEFS, { root: fileURLToPath(new URL("../../tests", import.meta.url)) }, "/tests");
    report("tests/answers", started, python.globals.get("answers")("/tests").toJs());
  }
} catch (error) {
  console.log(String(error).split("\n").slice(-6).join("\n")); // Pyodide's own traceback is a page
  failed += 1;
}
console.log(failed ? `test-lite: ${failed} failed` : "test-lite: everything works in Pyodide");
process.exitCode = failed ? 1 : 0;
