import { DurableObject } from 'cloudflare:workers';
import wasm from './add.wasm';

const routes = {
  hello: () => new Response('hello'),
  url: (request) => Response.json({ url: request.url, method: request.method }),
  echo: async (request) => new Response(await request.arrayBuffer(), { headers: request.headers }),
  form: async (request) => {
    const form = await request.formData();
    return Response.json([form.get('name'), form.get('file').name, form.get('file').size]);
  },
  redirect: (request) => Response.redirect(new URL('/hello', request.url), 302),
  add: async () => new Response(String((await WebAssembly.instantiate(wasm)).exports.add(40, 2))),
  vars: (_, env) => Response.json({ GREETING: env.GREETING, SECRET: env.SECRET }),
  cf: (request) => Response.json(request.cf),
  log: () => {
    for (const level of ['debug', 'log', 'info', 'warn', 'error']) console[level](`a ${level}\nof two lines`);
    return new Response(null, { status: 204 });
  },
  throw: () => { throw new TypeError('the worker threw'); },
  kv: async (_, env) => {
    await env.KV.put('from-worker', await env.KV.get('from-python', 'text'), { metadata: { by: 'worker' } });
    return new Response();
  },
  outbound: async (request) => {
    const target = new URL(request.url).searchParams.get('url');
    const response = await fetch(target, { method: request.method, body: request.body });
    return new Response(await response.text(), { status: response.status, headers: { 'x-mock': response.headers.get('x-mock') } });
  },
  'outbound-socket': async () => {
    const response = await fetch('https://echo.example/', { headers: { upgrade: 'websocket' } });
    const socket = response.webSocket;
    socket.accept();
    const answer = new Promise((resolve) => socket.addEventListener('message', (event) => resolve(event.data)));
    socket.send('ping');
    const data = await answer;
    socket.close();
    return new Response(data);
  },
  service: (request, env) => env.REMOTE.fetch(request),
  queued: async (_, env) => Response.json(await env.KV.get('queued', 'json')),
  stream: () => {
    const { readable, writable } = new TransformStream();
    (async () => {
      const writer = writable.getWriter();
      for (const part of ['one ', 'two ', 'three']) await writer.write(new TextEncoder().encode(part));
      await writer.close();
    })();
    return new Response(readable);
  },
  ws: () => {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener('message', (event) => server.send(`echo ${event.data}`));
    return new Response(null, { status: 101, webSocket: client });
  },
  counter: (request, env) => env.COUNTER.get(env.COUNTER.idFromName('one')).fetch(request),
  secret: async (_, env) => new Response(await env.STORED.get()),
};

export class Counter extends DurableObject {
  inMemory = 0;
  async fetch() {
    const sql = this.ctx.storage.sql;
    sql.exec('CREATE TABLE IF NOT EXISTS hits (at INTEGER)');
    sql.exec('INSERT INTO hits VALUES (?)', 1);
    return Response.json({ inMemory: ++this.inMemory, stored: sql.exec('SELECT count(*) AS n FROM hits').one().n });
  }
}

export default {
  fetch: (request, env) => (routes[new URL(request.url).pathname.slice(1)] ?? (() => new Response('lost', { status: 404 })))(request, env),
  async scheduled(event, env) {
    if (event.cron === 'fail') throw new Error('no time');
    await env.KV.put('scheduled', JSON.stringify([event.cron, event.scheduledTime]));
  },
  async queue(batch, env) {
    await env.KV.put('queued', JSON.stringify([batch.queue, batch.messages.map((message) => message.body)]));
    batch.messages[0].ack();
    batch.messages[1]?.retry();
  },
  async email(message, env) {
    if (message.from === 'spam@example.com') return message.setReject('no spam');
    await env.KV.put('email', `${message.from} ${message.to} ${message.rawSize}`);
  },
};
