// The worker of `projects/streams` in plain JavaScript.
const CHUNK = new Uint8Array(16384).fill(120);

/** @param {ReadableStream} body */
async function size(body) {
  let total = 0;
  for await (const chunk of body) total += chunk.length;
  return new Response(String(total));
}

function written() {
  let left = 64;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(CHUNK);
      else controller.close();
    },
  });
}

/** @param {ReadableStream} body */
function copied(body) {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

export default {
  /** @param {Request} request */
  fetch(request) {
    const { pathname } = new URL(request.url);
    const body = /** @type {ReadableStream} */ (request.body);
    if (pathname === '/through') return new Response(body);
    if (pathname === '/read') return size(body);
    if (pathname === '/write') return new Response(written());
    if (pathname === '/both') return new Response(copied(body));
    return new Response('ready');
  },
};
