// The worker of `projects/http` in plain JavaScript, with a table in place of a router.
/** @param {string} id */
const item = id => new Response(id);
/** @param {string} id */
const described = id => Response.json({ id, tags: ['a', 'b'], price: 9.95 });

const items = new Map();
for (const count of [10, 100, 1000]) {
  for (let number = 0; number < count; number++) items.set(`/${count}/resource${number}`, count === 100 ? described : item);
}

/** @param {Request} request */
async function echo(request) {
  return Response.json(await request.json());
}

/** @param {Request} request */
function headers(request) {
  const answer = new Response('headers');
  for (let number = 0; number < 20; number++) answer.headers.set(`x-${number}`, request.headers.get(`x-${number}`) ?? '');
  return answer;
}

export default {
  /** @param {Request} request */
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/') return new Response('Hello, world!');
    if (pathname === '/json') return echo(request);
    if (pathname === '/headers') return headers(request);
    if (pathname === '/body') return new Response(request.body);
    const end = pathname.lastIndexOf('/');
    const found = items.get(pathname.slice(0, end));
    return found ? found(decodeURIComponent(pathname.slice(end + 1))) : new Response('Not Found', { status: 404 });
  },
};
