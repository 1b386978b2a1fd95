// Streams of bytes between Python and JavaScript, one chunk at a time and only when asked for.

const encoder = new TextEncoder();

/**
 * A stream that Python fills. `step(controller)` asks for the next chunk, which Python enqueues when
 * it has it; `step(undefined, reason)` says that nobody reads on. Nothing is made ahead of a read.
 * @param {(controller?: ReadableStreamDefaultController, reason?: unknown) => void} step
 */
export function streamFrom(step) {
  return new ReadableStream(
    {
      pull: controller => void step(controller),
      cancel: reason => void step(undefined, String(reason)),
    },
    { highWaterMark: 0 },
  );
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
 */
export function whenRead(response, done) {
  if (!response.body) {
    done();
    return response;
  }
  const { readable, writable } = new TransformStream();
  void response.body.pipeTo(writable).then(done, done);
  return new Response(readable, response);
}
