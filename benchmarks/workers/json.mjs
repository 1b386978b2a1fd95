// The worker of `projects/json` in plain JavaScript.
const ORDER = { id: 4711, paid: true, items: [{ sku: 'A-1', price: 9.95 }], note: 'a gift' };
const ROWS = Array.from({ length: 1000 }, (_, n) => (
  { id: n, name: `customer ${n}`, city: 'Paris', amount: n + 0.25, active: n % 2 === 0 }
));

/** @param {Request} request */
async function count(request) {
  return new Response(String(Object.keys(/** @type {object} */ (await request.json())).length));
}

export default {
  /** @param {Request} request */
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/in') return count(request);
    if (pathname === '/out') return Response.json(ORDER);
    if (pathname === '/out/rows') return Response.json(ROWS);
    return new Response('ready');
  },
};
