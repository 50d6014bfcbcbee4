// Compiles, in Pyodide itself, the modules that a notebook loads when it starts, into one archive.
//
//     node compile.mjs FOLDER ARCHIVE PACKAGE…    FOLDER holds pyodide.mjs, its lock and the wheels
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, archive] = process.argv.slice(2, 4).map((name) => path.resolve(name));
try {
  const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")));
  const environment = { HOME: "/home", BPLIB_PROGRESS: "memory" };
  const python = await loadPyodide({ indexURL: folder + path.sep, env: environment });
  await python.loadPackage(process.argv.slice(4), { messageCallback() {} });
  python.runPython(fs.readFileSync(new URL("compile.py", import.meta.url), "utf8"));
  fs.writeFileSync(archive, python.globals.get("archive").toJs());
} catch (error) {
  console.log(String(error).split("\n").slice(-6).join("\n")); // Pyodide's own traceback is a page
  process.exitCode = 1;
}
