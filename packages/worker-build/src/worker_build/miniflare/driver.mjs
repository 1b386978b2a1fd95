// @ts-check
/**
 * Runs one real Miniflare for Python. Reads one JSON request a line from stdin and writes one JSON
 * message a line to stdout; ends, with its workerd, when stdin closes: no orphan outlives Python.
 *
 * From Python:  {id, op, ...}             a request; each is answered once
 *               {answer, reply}           the reply to an `ask` of ours
 * To Python:    {id, value} | {id, error} an answer
 *               {log}                     a line of console output
 *               {ask, mock, request}      an outbound request that a Python function answers
 *
 * Bytes, dates and big integers travel as {$bytes: base64}, {$date: ms}, {$bigint: "…"}.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const write = process.stdout.write.bind(process.stdout);
// Miniflare and wrangler print to stdout, which is ours.
process.stdout.write = /** @type {any} */ (process.stderr.write.bind(process.stderr));

const load = createRequire(join(process.argv[2], 'entry.js'));
const send = (/** @type {object} */ message) => void write(JSON.stringify(message) + '\n');

/** @type {any} */ let library;
/** @type {any} */ let miniflare;
/** @type {any} */ let options;
/** @type {Map<number, (reply: any) => void>} */
const asked = new Map();
let asks = 0;

/** Turn a value into JSON with our tags. @param {any} value @returns {any} */
function encode(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value !== 'object') return typeof value === 'function' ? null : value;
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof ArrayBuffer) return { $bytes: Buffer.from(value).toString('base64') };
  if (ArrayBuffer.isView(value)) {
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, encode(v)]));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encode(v)]));
}

/** The inverse of `encode`. @param {any} value @returns {any} */
function decode(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(decode);
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes, 'base64'));
  if ('$date' in value) return new Date(value.$date);
  if ('$bigint' in value) return BigInt(value.$bigint);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v)]));
}

/** Pass a line on, in words for people: workerd reports an uncaught exception up to three times,
 * as verbose information, with its source's place in C++ and a stack of addresses.
 * @param {{level: string, message: string, timestamp: number}} line */
function tell({ level, message, timestamp }) {
  if (message.startsWith('uncaught exception; exception = ')) return;
  const uncaught = /^uncaught exception; source = (.*?); stack = ([^]*)$/.exec(message);
  if (uncaught) [level, message] = ['error', `${uncaught[1]} ${uncaught[2]}`];
  message = message.replace(/workerd\/\S+ failed: (remote\.)?jsg\./, '').replace(/\nstack: [/\da-f][^\n]*$/, '');
  send({ log: { level, message, timestamp } });
}

/** Make the Response of a mock. @param {any} reply */
async function respond(reply) {
  if (reply.delay) await sleep(reply.delay * 1000);
  if (reply.echo) {
    const [client, server] = Object.values(new library.WebSocketPair());
    server.accept();
    server.addEventListener('message', (/** @type {any} */ event) => server.send(event.data));
    server.addEventListener('close', (/** @type {any} */ event) => server.close(event.code === 1005 ? 1000 : event.code));
    return new library.Response(null, { status: 101, webSocket: client });
  }
  const empty = [101, 204, 205, 304].includes(reply.status);
  return new library.Response(empty ? null : decode(reply.body), { status: reply.status, headers: reply.headers });
}

/** Answer a request from mocks: the exact URL, else the longest `…*` prefix, else `otherwise`.
 * @param {any[]} mocks @param {any} request @param {(request: any) => any} otherwise */
async function mocked(mocks, request, otherwise) {
  const fits = (/** @type {any} */ mock) =>
    mock.url === request.url || (mock.url.endsWith('*') && request.url.startsWith(mock.url.slice(0, -1)));
  const [mock] = mocks.filter(fits).sort((a, b) => b.url.length - a.url.length);
  if (!mock) return otherwise(request);
  if (!mock.python) return respond(mock.reply);
  const body = new Uint8Array(await request.arrayBuffer());
  const ask = ++asks;
  const reply = new Promise((resolve) => asked.set(ask, resolve));
  send({ ask, mock: mock.python, request: {
    url: request.url, method: request.method, headers: [...request.headers], body: encode(body) } });
  return respond(await reply);
}

/** Read a project's wrangler file, its environment and its .dev.vars with wrangler's own readers.
 * @param {{path: string, env?: string}} project */
function read({ path, env }) {
  const wrangler = load('wrangler');
  try {
    const config = wrangler.unstable_readConfig({ config: path, env }, { hideWarnings: true });
    if (env && !config.definedEnvironments?.length) {
      // Wrangler refuses an unknown one only where there are others.
      throw new Error(`No environment found with name "${env}": the file has none.`);
    }
    const { workerOptions, externalWorkers, main } = wrangler.unstable_getMiniflareWorkerOptions(config, env);
    return { config, workerOptions, externalWorkers, main };
  } catch (error) {
    throw Object.assign(/** @type {any} */ (error), { code: 'WRANGLER_FILE' });
  }
}

/** Build Miniflare's options from what Python sent, over those of the project's wrangler file.
 * @param {any} given */
function prepare(given) {
  const project = given.project && read(given.project);
  const result = {
    compatibilityDate: library.supportedCompatibilityDate,
    cf: false, // else Miniflare fetches a real one from the network
    telemetry: { enabled: false },
    verbose: true, // else an exception that nobody caught is nowhere to be read
    ...project?.workerOptions,
    name: project?.config.name,
    ...decode(given.options),
    host: '127.0.0.1',
    port: given.port,
    unsafeTriggerHandlers: true,
    unsafeInspectDurableObjects: true,
    handleStructuredLogs: tell,
    handleUncaughtError: (/** @type {any} */ error) =>
      tell({ level: 'error', message: String(error.stack ?? error), timestamp: Date.now() }),
  };
  for (const [name, mock] of Object.entries(given.services)) {
    result.serviceBindings = { ...result.serviceBindings,
      [name]: (/** @type {any} */ request) => mocked([{ ...mock, url: '*' }], request, () => undefined) };
  }
  if (given.outbound) {
    result.outboundService = (/** @type {any} */ request) => mocked(given.outbound, request, refuse);
  }
  const others = [...(project?.externalWorkers ?? []), ...(result.workers ?? [])];
  result.serviceBindings = withAbsent(result.serviceBindings ?? {}, [result, ...others].map((worker) => worker.name));
  return others.length ? { ...result, workers: [result, ...others] } : result;
}

/** A service that no worker here is: it answers, where Miniflare would not start.
 * @param {Record<string, any>} bindings @param {string[]} present */
function withAbsent(bindings, present) {
  const absent = (/** @type {string} */ service) => () =>
    new library.Response(`the service ${service} does not run here`, { status: 503 });
  return Object.fromEntries(Object.entries(bindings).map(([name, target]) => {
    const service = typeof target === 'string' ? target
      : typeof target === 'object' && typeof target?.name === 'string' ? target.name : undefined;
    return [name, service === undefined || present.includes(service) ? target : absent(service)];
  }));
}

/** @param {any} request */
function refuse(request) {
  const message = `outbound request without a mock: ${request.method} ${request.url}`;
  tell({ level: 'error', message, timestamp: Date.now() });
  return new library.Response(message, { status: 502 });
}

/** Find a Durable Object class by its binding's name. @param {string} binding */
function durable(binding) {
  const found = options.durableObjects?.[binding];
  if (!found) throw new TypeError(`No Durable Object binding named ${JSON.stringify(binding)}`);
  const className = typeof found === 'string' ? found : found.className;
  return [found.scriptName ?? options.name ?? '', className];
}

/** R2 objects are handles; Python gets plain data. @param {any} object */
function r2Object(object) {
  const { key, version, size, etag, httpEtag, uploaded, httpMetadata, customMetadata } = object;
  return { key, version, size, etag, httpEtag, uploaded, httpMetadata, customMetadata };
}

const GETTERS = { kv: 'getKVNamespace', d1: 'getD1Database', r2: 'getR2Bucket', queue: 'getQueueProducer' };

/** @type {Record<string, (message: any) => any>} */
const operations = {
  async start(message) {
    library = load('miniflare');
    options = prepare(message);
    miniflare = new library.Miniflare(options);
    return { url: String(await miniflare.ready) };
  },
  async reload(message) {
    options = prepare(message);
    await miniflare.setOptions(options);
    return { url: String(await miniflare.ready) };
  },
  /** Tell what wrangler makes of a project's file. */
  config(project) {
    const wrangler = load('wrangler');
    const { config, workerOptions, main } = read(project);
    const vars = wrangler.unstable_getVarsForDev(project.path, undefined, config.vars, project.env, true, config.secrets);
    return JSON.parse(JSON.stringify({ config, options: workerOptions, main, vars }));
  },
  /** Call one method of a binding that Miniflare hands out. */
  async binding({ kind, name, method, args }) {
    const target = await miniflare[GETTERS[/** @type {keyof typeof GETTERS} */ (kind)]](name);
    return target[method](...args);
  },
  async d1({ name, sql, params }) {
    const database = await miniflare.getD1Database(name);
    const { results } = await database.prepare(sql).bind(...params).all();
    return results;
  },
  async r2({ name, method, args }) {
    const bucket = await miniflare.getR2Bucket(name);
    const result = await bucket[method](...args);
    if (!result) return null;
    if (method === 'list') {
      return { objects: result.objects.map(r2Object), truncated: result.truncated, cursor: result.cursor };
    }
    return { ...r2Object(result), body: method === 'get' ? await result.arrayBuffer() : undefined };
  },
  async sql({ binding, object, query, params }) {
    const storage = await miniflare.unsafeGetDurableObjectStorage(...durable(binding), object);
    return storage.exec(query, ...params);
  },
  evict: ({ binding, object, webSockets }) =>
    miniflare.unsafeEvictDurableObject(...durable(binding), { ...object, ...(webSockets && { webSockets }) }),
  objects: ({ binding }) => miniflare.listDurableObjectIds(binding),
  /** The id of an object, in hexadecimal, from its name. */
  async objectId({ binding, name }) {
    const namespace = await miniflare.getDurableObjectNamespace(binding);
    return String(namespace.idFromName(name));
  },
  async secret({ name, method, args }) {
    const api = await miniflare.getSecretsStoreSecretAPI(name);
    return api()[method](...args);
  },
  async scheduled({ cron, time }) {
    const worker = await miniflare.getWorker();
    return worker.scheduled({ ...(cron && { cron }), ...(time && { scheduledTime: time }) });
  },
  async queue({ name, messages }) {
    const worker = await miniflare.getWorker();
    return worker.queue(name, messages);
  },
  purgeCache: ({ name }) => miniflare.purgeCache(name ?? undefined),
};

/** @param {any} message */
async function handle(message) {
  if ('answer' in message) {
    asked.get(message.answer)?.(message.reply);
    asked.delete(message.answer);
    return;
  }
  const { id, op, ...rest } = message;
  try {
    const given = op === 'start' || op === 'reload' ? rest : decode(rest);
    send({ id, value: encode(await operations[op](given)) });
  } catch (cause) {
    const error = /** @type {any} */ (cause);
    send({ id, error: {
      name: String(error?.name ?? 'Error'), message: String(error?.message ?? error),
      code: String(error?.code ?? ''), stack: String(error?.stack ?? '') } });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (/** @type {string} */ line) => void handle(JSON.parse(line)));
lines.on('close', async () => {
  await Promise.race([miniflare?.dispose().catch(() => {}), sleep(5000)]);
  process.exit(0);
});
send({ ready: process.pid });
