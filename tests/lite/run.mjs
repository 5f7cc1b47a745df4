// Runs a notebook on a built site's own Pyodide, in node:
//     node run.mjs SITE INSIDE.py NOTEBOOK.ipynb RESULT.json
// with the packages, the lock and the environment that the site's pages are told.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [site, inside, notebook, result] = process.argv.slice(2);
const read = (...parts) => fs.readFileSync(path.join(...parts), "utf-8");
const told = JSON.parse(read(site, "jupyter-lite.json"))["jupyter-config-data"];
const [kernel] = Object.entries(told.litePluginSettings)
  .filter(([name]) => name.includes("pyodide-kernel"))
  .map(([, settings]) => settings);

// Seconds of work, by which what runs beside this does not count.
globalThis.cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const asked = [];
globalThis.fetch = async (address) => {
  asked.push(String(address));
  throw new Error(`nothing is to be fetched: ${address}`);
};

const failed = [];
const loader = path.resolve(site, kernel.pyodideUrl);
const { loadPyodide } = await import(pathToFileURL(loader).href);
const { packages, ...options } = kernel.loadPyodideOptions;
const python = await loadPyodide({
  indexURL: path.dirname(loader) + path.sep,
  ...options,
  env: { HOME: "/home/pyodide", MPLBACKEND: "agg", ...options.env },
});
await python.loadPackage(packages, {
  messageCallback: () => {},
  errorCallback: (words) => failed.push(words),
});
// What the page's kernel imports while the lesson's first lines are read.
await python.runPythonAsync(
  "from piplite.piplite import import_ahead; await import_ahead(after='sys')",
);
const loaded = cpuSeconds();
python.runPython(read(inside));
const cells = JSON.parse(await python.globals.get("run")(read(notebook)));
const done = { version: python.version, loaded, failed, asked, cells };
fs.writeFileSync(result, JSON.stringify(done));
process.exit(0); // whatever a cell may have left running
