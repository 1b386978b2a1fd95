/**
 * The bundle's files as a read-only file system. Each file is a custom section of one wasm module, named by its path;
 * the section `index` is the tree as JSON (a number is a file's size; a pair is the size of a packed file and where it
 * begins in the text that the blocks, sections `packed:0` and so on, make together; an object is a folder). Nothing is read
 * at start: a folder gets its nodes when it is looked into, a file its bytes, a packed one its blocks, while it is open.
 */

const FOLDER = 0o40555, FILE = 0o100444;
/** Bytes of a block, unpacked; `packing.py` has the same number. */
const BLOCK = 2 ** 19;
/** Bytes of memory that liblzma may take for one: its dictionary is no larger than the block. */
const MOST_MEMORY = 2 ** 23;
const EROFS = 69, ENOENT = 44, EINVAL = 28, EIO = 29;
/** All files carry one time: what importlib remembers of a folder in the image stays true for ever. */
const TIME = new Date('2020-01-01T00:00:00Z');

/** @param {WebAssembly.Module} module @param {string} section */
export const section = (module, section) => WebAssembly.Module.customSections(module, section)[0];

/**
 * Mount the files of `module` in Emscripten's FS: one mount for each top-level folder of the index.
 * @param {any} Module Emscripten's @param {WebAssembly.Module} module
 */
export function mount(Module, module) {
  const { FS } = Module;
  const index = JSON.parse(new TextDecoder().decode(section(module, 'index')));
  for (const [name, tree] of Object.entries(index)) {
    FS.mkdirTree('/' + name);
    FS.mount(bundleFS(Module, module), { tree, path: '/' + name }, '/' + name);
  }
}

/**
 * The bytes of a block; null when it is damaged. The interpreter's own liblzma unpacks it, in its memory.
 * @param {any} Module @param {Uint8Array} packed
 */
function unpack(Module, packed) {
  // The memory that it may take (64 bits), where it stands in both texts, then these.
  const place = Module._malloc(16 + BLOCK + packed.length);
  if (!place) return null;
  const out = place + 16, source = out + BLOCK;
  Module.HEAPU32.set([MOST_MEMORY, 0, 0, 0], place >>> 2);
  Module.HEAPU8.set(packed, source);
  const failed = Module._lzma_stream_buffer_decode(place, 0, 0, source, place + 8, packed.length, out, place + 12, BLOCK);
  const bytes = failed ? null : Module.HEAPU8.slice(out, out + Module.HEAPU32[(place + 12) >>> 2]);
  Module._free(place);
  return bytes;
}

/** @param {any} Module @param {WebAssembly.Module} module */
function bundleFS(Module, module) {
  const { FS } = Module;
  const refuse = (/** @type {number} */ code) => () => { throw new FS.ErrnoError(code); };

  const make = (/** @type {any} */ parent, /** @type {string} */ name, /** @type {any} */ tree, /** @type {string} */ path) => {
    const [size, start] = [tree].flat();
    const isFile = typeof size === 'number';
    const node = FS.createNode(parent, name, isFile ? FILE : FOLDER, 0);
    return Object.assign(node, { node_ops, stream_ops, tree, path, size, start, isFile, opened: 0, bytes: null, blocks: null });
  };

  /** A block of a packed file. @param {any} node @param {number} number */
  const block = (node, number) => {
    let bytes = node.blocks.get(number);
    if (!bytes) {
      bytes = unpack(Module, new Uint8Array(section(module, `packed:${number}`)));
      if (!bytes) throw new FS.ErrnoError(EIO);
      node.blocks.set(number, bytes);
    }
    return bytes;
  };

  /** The parts of an open file that make up a range of it. @param {any} node @param {number} from @param {number} to */
  const parts = (node, from, to) => {
    if (!node.blocks) return [node.bytes.subarray(from, to)];
    const found = [];
    for (let at = node.start + from, end = node.start + Math.min(to, node.size); at < end;) {
      const number = Math.floor(at / BLOCK), begin = number * BLOCK;
      found.push(block(node, number).subarray(at - begin, end - begin));
      at = begin + BLOCK;
    }
    return found;
  };

  /** Copy a range of an open file into the heap, and count. @param {any} node @param {Uint8Array} buffer @param {number} offset @param {number} from @param {number} to */
  const copy = (node, buffer, offset, from, to) => {
    let length = 0;
    for (const part of parts(node, from, to)) {
      // Unpacking may have made the memory grow: the old view of it is empty then.
      (buffer.length ? buffer : Module.HEAPU8).set(part, offset + length);
      length += part.length;
    }
    return length;
  };

  const node_ops = {
    getattr: (/** @type {any} */ node) => ({
      dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0,
      size: node.isFile ? node.size : 4096,
      atime: TIME, mtime: TIME, ctime: TIME, blksize: 4096,
      blocks: node.isFile ? Math.ceil(node.size / 4096) : 1,
    }),
    lookup: (/** @type {any} */ parent, /** @type {string} */ name) => {
      if (!Object.hasOwn(parent.tree, name)) throw new FS.ErrnoError(ENOENT);
      return make(parent, name, parent.tree[name], `${parent.path}/${name}`);
    },
    readdir: (/** @type {any} */ node) => ['.', '..', ...Object.keys(node.tree)],
    setattr: refuse(EROFS), mknod: refuse(EROFS), rename: refuse(EROFS), unlink: refuse(EROFS),
    rmdir: refuse(EROFS), symlink: refuse(EROFS), readlink: refuse(EINVAL),
  };

  const stream_ops = {
    open: (/** @type {any} */ { node }) => {
      if (!node.isFile) return;
      if (node.start === undefined) node.bytes ??= new Uint8Array(section(module, node.path) ?? new ArrayBuffer(node.size));
      else node.blocks ??= new Map();
      node.opened++;
    },
    close: (/** @type {any} */ { node }) => {
      if (node.isFile && --node.opened === 0) node.bytes = node.blocks = null;
    },
    read: (/** @type {any} */ { node }, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset, /** @type {number} */ length, /** @type {number} */ position) =>
      copy(node, buffer, offset, position, position + length),
    write: refuse(EROFS),
    llseek: (/** @type {any} */ stream, /** @type {number} */ offset, /** @type {number} */ whence) => {
      const position = offset + (whence === 1 ? stream.position : whence === 2 ? stream.node.size : 0);
      if (position < 0) throw new FS.ErrnoError(EINVAL);
      return position;
    },
    mmap: (/** @type {any} */ { node }, /** @type {number} */ length, /** @type {number} */ position) => {
      // Python's mmap of a bundled file: a private copy in the heap.
      const ptr = Module._malloc(length);
      copy(node, Module.HEAPU8, ptr, position, position + length);
      return { ptr, allocated: true };
    },
    msync: () => 0,
  };

  return { mount: (/** @type {any} */ mount) => make(null, '/', mount.opts.tree, mount.opts.path) };
}
