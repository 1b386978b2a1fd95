// The worker of `projects/bindings` in plain JavaScript.
const QUERY = 'SELECT id, name, city, amount FROM customers ORDER BY id LIMIT 10';

export default {
  /** @param {Request} request @param {{KV: KVNamespace, DB: D1Database}} env */
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/kv') return new Response((await env.KV.get('greeting')) ?? 'nothing');
    if (pathname === '/d1') return Response.json((await env.DB.prepare(QUERY).all()).results);
    return new Response('Hello, world!');
  },
};
