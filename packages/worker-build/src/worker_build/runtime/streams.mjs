// Streams of bytes between Python and JavaScript, one chunk at a time and only when asked for.

const encoder = new TextEncoder();

/**
 * A stream that Python fills. `step(controller)` asks for the next chunk, which Python enqueues when
 * it has it; `step(undefined, reason)` says that nobody reads on. Nothing is made ahead of a read.
 * @param {(controller?: ReadableStreamDefaultController, reason?: unknown) => void} step
 * @param {ExecutionContext | null} [context] kept alive until Python has cleaned up
 * @returns {[ReadableStream, () => void]} the stream, and what Python calls when it has
 */
export function streamFrom(step, context) {
  /** @type {() => void} */
  let ended = () => {};
  context?.waitUntil?.(new Promise(resolve => (ended = () => resolve(undefined))));
  const stream = new ReadableStream(
    {
      pull: controller => void step(controller),
      cancel: reason => void step(undefined, String(reason)),
    },
    { highWaterMark: 0 },
  );
  return [stream, ended];
}

// In Node, where tests run, there is no other.
const Pipe = /** @type {any} */ (globalThis).IdentityTransformStream ?? TransformStream;

/**
 * The same bytes as a stream of the platform's own. When a client goes away the platform drops the
 * body without a word to a stream made in JavaScript; a pipe into one of its own breaks, and tells.
 * @param {ReadableStream} stream
 */
export function native(stream) {
  const { readable, writable } = new Pipe();
  stream.pipeTo(writable).catch(() => {});
  return readable;
}

/** @param {unknown} chunk */
function bytes(chunk) {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return encoder.encode(chunk);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError('the stream brought a chunk that is neither bytes nor text');
}

/**
 * The next chunk, or null at the end.
 * @param {ReadableStreamDefaultReader} reader
 */
export async function readChunk(reader) {
  const { done, value } = await reader.read();
  return done ? null : bytes(value);
}

/**
 * Everything that is left, at once.
 * @param {ReadableStream} stream
 */
export async function readAll(stream) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The same response; `done` is called when its body has been read, or given up.
 * @param {Response} response
 * @param {() => void} done
 * @param {ExecutionContext} context kept alive until then
 */
export function whenRead(response, done, context) {
  if (!response.body) {
    done();
    return response;
  }
  const { readable, writable } = new Pipe();
  const finish = () => done();
  // From one stream of the platform to another no JavaScript would run, and the handlers could not.
  const body = response.body.pipeThrough(new TransformStream());
  context?.waitUntil?.(body.pipeTo(writable).then(finish, finish));
  return new Response(readable, response);
}
