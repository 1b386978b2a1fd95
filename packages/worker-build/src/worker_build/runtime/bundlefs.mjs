/**
 * The bundle's files as a read-only file system. Each file is a custom section of one wasm module, named by its path;
 * the section `index` is the tree as JSON (a number is a file's size, negative when its section is compressed; an object
 * is a folder). Nothing is read at start: a folder gets its nodes when it is looked into, a file its bytes while it is open.
 */

const FOLDER = 0o40555, FILE = 0o100444;
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
 * What zlib has compressed; null when it is damaged. The interpreter's own zlib does it, in its memory.
 * @param {any} Module @param {Uint8Array} bytes @param {number} size
 */
function inflate(Module, bytes, size) {
  // The room for the length, then for the content, then what it is made of.
  const place = Module._malloc(4 + size + bytes.length);
  if (!place) return null;
  Module.HEAPU32[place >>> 2] = size;
  Module.HEAPU8.set(bytes, place + 4 + size);
  const failed = Module._uncompress(place + 4, place, place + 4 + size, bytes.length);
  const content = Module.HEAPU8.slice(place + 4, place + 4 + size);
  Module._free(place);
  return failed ? null : content;
}

/** @param {any} Module @param {WebAssembly.Module} module */
function bundleFS(Module, module) {
  const { FS } = Module;
  const refuse = (/** @type {number} */ code) => () => { throw new FS.ErrnoError(code); };

  const make = (/** @type {any} */ parent, /** @type {string} */ name, /** @type {any} */ tree, /** @type {string} */ path) => {
    const isFile = typeof tree === 'number';
    const node = FS.createNode(parent, name, isFile ? FILE : FOLDER, 0);
    return Object.assign(node, { node_ops, stream_ops, tree, path, size: Math.abs(tree), opened: 0, bytes: null });
  };

  const content = (/** @type {any} */ node) => {
    const bytes = new Uint8Array(section(module, node.path) ?? new ArrayBuffer(node.size));
    if (node.tree >= 0) return bytes;
    const inflated = inflate(Module, bytes, node.size);
    if (!inflated) throw new FS.ErrnoError(EIO);
    return inflated;
  };

  const node_ops = {
    getattr: (/** @type {any} */ node) => ({
      dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0,
      size: typeof node.tree === 'number' ? node.size : 4096,
      atime: TIME, mtime: TIME, ctime: TIME, blksize: 4096,
      blocks: typeof node.tree === 'number' ? Math.ceil(node.size / 4096) : 1,
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
      if (typeof node.tree !== 'number') return;
      node.bytes ??= content(node);
      node.opened++;
    },
    close: (/** @type {any} */ { node }) => {
      if (typeof node.tree === 'number' && --node.opened === 0) node.bytes = null;
    },
    read: (/** @type {any} */ { node }, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset, /** @type {number} */ length, /** @type {number} */ position) => {
      const bytes = node.bytes.subarray(position, position + length);
      buffer.set(bytes, offset);
      return bytes.length;
    },
    write: refuse(EROFS),
    llseek: (/** @type {any} */ stream, /** @type {number} */ offset, /** @type {number} */ whence) => {
      const position = offset + (whence === 1 ? stream.position : whence === 2 ? stream.node.size : 0);
      if (position < 0) throw new FS.ErrnoError(EINVAL);
      return position;
    },
    mmap: (/** @type {any} */ { node }, /** @type {number} */ length, /** @type {number} */ position) => {
      // Python's mmap of a bundled file: a private copy in the heap.
      const ptr = Module._malloc(length);
      Module.HEAPU8.set(node.bytes.subarray(position, position + length), ptr);
      return { ptr, allocated: true };
    },
    msync: () => 0,
  };

  return { mount: (/** @type {any} */ mount) => make(null, '/', mount.opts.tree, mount.opts.path) };
}
