// The worker of `projects/http` with Hono.
import { Hono } from 'hono';

/** @param {number} count */
function routed(count) {
  const app = new Hono();
  app.get('/', context => context.text('Hello, world!'));
  app.post('/json', async context => context.json(await context.req.json()));
  app.get('/headers', context => {
    for (let number = 0; number < 20; number++) context.header(`x-${number}`, context.req.header(`x-${number}`));
    return context.text('headers');
  });
  app.post('/body', context => context.body(context.req.raw.body));
  for (let number = 0; number < count; number++) {
    app.get(`/${count}/resource${number}/:id`, count === 100
      ? context => context.json({ id: context.req.param('id'), tags: ['a', 'b'], price: 9.95 })
      : context => context.text(context.req.param('id')));
  }
  return app;
}

const few = routed(10);
const hundred = routed(100);
const many = routed(1000);

export default {
  /** @param {Request} request @param {any} env @param {any} ctx */
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const app = pathname.startsWith('/1000/') ? many : pathname.startsWith('/100/') ? hundred : few;
    return app.fetch(request, env, ctx);
  },
};
