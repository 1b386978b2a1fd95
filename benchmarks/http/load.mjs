// Requests per second over keep-alive connections: `node load.mjs PORT SECONDS CONNECTIONS < request`.
// Plain sockets: Node's own HTTP client would be the slowest of all. Prints
// the rate, and how many requests were answered in all, the warm-up's included.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [port, seconds, connections] = process.argv.slice(2).map(Number);
const request = readFileSync(0);
const WARM = 0.25;
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
let finished = 0;

/** @param {string} why */
function fail(why) {
  console.error(why);
  process.exit(1);
}

function client() {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay();
  /** What is there of the response's head; empty once it is whole. */
  let head = Buffer.alloc(0);
  /** Bytes of the body still to come; Infinity while it is sent in chunks. */
  let rest = -1;
  let tail = Buffer.alloc(0);
  const done = () => {
    finished++;
    rest = -1;
    tail = head = Buffer.alloc(0);
    socket.write(request);
  };
  /** @param {Buffer} data */
  const body = data => {
    if (rest === Infinity) {
      tail = Buffer.concat([tail, data.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length);
      if (tail.equals(LAST_CHUNK)) done();
    } else {
      rest -= data.length;
      if (rest < 0) fail('more bytes than the response announced');
      if (rest === 0) done();
    }
  };
  socket.on('connect', () => socket.write(request));
  socket.on('error', error => fail(String(error)));
  socket.on('close', () => fail('the worker closed a connection'));
  socket.on('data', data => {
    if (rest !== -1) return body(data);
    head = head.length ? Buffer.concat([head, data]) : data;
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const text = head.latin1Slice(0, end);
    if (!text.startsWith('HTTP/1.1 200')) fail(text);
    const length = /\r\ncontent-length: (\d+)/i.exec(text);
    rest = length ? Number(length[1]) : Infinity;
    // A chunked body's end is looked for from the blank line on.
    body(head.subarray(length ? end + 4 : end + 2));
  });
}

for (let i = 0; i < connections; i++) client();
setTimeout(() => {
  const before = finished;
  const begun = performance.now();
  setTimeout(() => {
    const rate = ((finished - before) / (performance.now() - begun)) * 1000;
    console.log(JSON.stringify({ rate, requests: finished }));
    process.exit(0);
  }, seconds * 1000);
}, WARM * 1000);
