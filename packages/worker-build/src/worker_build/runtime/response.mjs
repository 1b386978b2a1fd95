// HTTP messages: each crosses between Python and JavaScript once. Headers travel as one string,
// `name\nvalue\nname\nvalue`: no header may hold a line break, and one string costs a tenth of the
// proxies that an array of pairs would.

const encoder = new TextEncoder();

/**
 * @param {string} flat
 * @returns {[string, string][]}
 */
export function pairs(flat) {
  if (flat === '') return [];
  const parts = flat.split('\n');
  /** @type {[string, string][]} */
  const result = [];
  for (let i = 0; i < parts.length; i += 2) result.push([parts[i], parts[i + 1]]);
  return result;
}

/**
 * All headers of a message as one string, each `Set-Cookie` apart.
 * @param {Headers} headers
 */
export function flatHeaders(headers) {
  /** @type {string[]} */
  const parts = [];
  headers.forEach((value, name) => { parts.push(name, value); });
  return parts.join('\n');
}

/**
 * @param {number} status
 * @param {string} flat the headers, see above
 * @param {string | Uint8Array<ArrayBuffer> | ReadableStream | null} [body]
 * @param {object} [options] further members of ResponseInit
 */
export function respond(status, flat, body, options) {
  const headers = pairs(flat);
  // The platform would name a type for text; a response that names none has none.
  const payload = typeof body === 'string' && !/(^|\n)content-type\n/i.test(flat) ? encoder.encode(body) : body;
  return new Response(payload ?? null, options ? { ...options, status, headers } : { status, headers });
}

/**
 * @param {string | Request} input an absolute URL, or the request to start from
 * @param {object} init RequestInit without headers
 * @param {string | null} [flat] the headers; null keeps those of `input`
 */
export function request(input, init, flat) {
  /** @type {Record<string, unknown>} */
  const all = { ...init };
  if (typeof flat === 'string') all.headers = pairs(flat);
  // Node asks for it, workerd does not mind it.
  if (all.body instanceof ReadableStream) all.duplex = 'half';
  return new Request(input, all);
}

/**
 * The same request, body included, for another URL.
 * @param {string} url
 * @param {Request} source
 */
export function readdress(url, source) {
  return new Request(url, source);
}

/**
 * Start a fetch that can be given up: `done()` is the promise, `abort()` ends it.
 * @param {{ fetch: typeof fetch }} target `globalThis`, or a binding that fetches
 * @param {string | Request} input
 * @param {AbortSignal[]} signals further signals that end it
 * @param {number | null} [limit] milliseconds that the head of the response may take
 */
export function startFetch(target, input, signals, limit) {
  const controller = new AbortController();
  const all = [controller.signal, ...signals];
  if (typeof input !== 'string' && input.signal) all.push(input.signal);
  const signal = all.length > 1 ? AbortSignal.any(all) : controller.signal;
  const promise = target.fetch(input, { signal });
  if (typeof limit === 'number') {
    const late = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    const timer = setTimeout(late, limit);
    const stop = () => clearTimeout(timer);
    promise.then(stop, stop);
  }
  // At earlier compatibility dates the platform makes another error of a reason that is ours.
  const done = () => promise.catch(error => {
    throw signal.aborted ? signal.reason : error;
  });
  return { done, abort: () => controller.abort() };
}

/**
 * A form as `[name, value, name, value, …]`, each value a string or a File.
 * @param {FormData} form
 */
export function formEntries(form) {
  return [...form].flat();
}

/**
 * Settled when the signal is aborted.
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function aborted(signal) {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
