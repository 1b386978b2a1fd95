// Real Pyodide with our JavaScript, driven over standard input and output: a line of JSON in, a line of JSON out.
// Arguments: pyodide.mjs, the folder of our JavaScript, folders for sys.path.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [library, runtime, ...folders] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(library).href);

// What needs no module of the platform (`cloudflare:*`): the rest is for the sandbox's tests.
const parts = ['events', 'ffi', 'response', 'rpc', 'streams', 'websocket'].map(name => import(pathToFileURL(`${runtime}/${name}.mjs`).href));
const helpers = Object.assign({}, ...(await Promise.all(parts)));
Object.defineProperty(globalThis, '__worker__', { configurable: true, value: helpers });

// Standard output is the answer's alone.
const python = await loadPyodide({
  env: { HOME: '/home/pyodide', PYTHONDONTWRITEBYTECODE: '1' },
  stdout: (/** @type {string} */ text) => process.stderr.write(`${text}\n`),
  stderr: (/** @type {string} */ text) => process.stderr.write(`${text}\n`),
});
helpers.attach(python._module, python._api);

let mounted = 0;
/** @param {string} folder */
function add(folder) {
  const place = `/mounted/${mounted++}`;
  python.FS.mkdirTree(place);
  python.mountNodeFS(place, folder);
  python.runPython(`import sys, importlib; sys.path.append(${JSON.stringify(place)}); importlib.invalidate_caches()`);
}
folders.forEach(add);

python.runPython(`
import json, traceback
from pyodide.code import eval_code_async

async def answer(code, names):
    try:
        scope = {"__name__": "__main__", **json.loads(names)}
        return json.dumps({"value": await eval_code_async(code, scope, filename="<test>")})
    except BaseException:
        return json.dumps({"error": traceback.format_exc()})
`);
const answer = python.globals.get('answer');

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let told;
  try {
    if (question.folder) {
      add(question.folder);
      told = '{}';
    } else told = await answer(question.code, question.names);
  } catch (error) {
    told = JSON.stringify({ error: String(/** @type {any} */ (error)?.stack ?? error) });
  }
  process.stdout.write(`${told}\n`);
}
