// Evaluated when everything is loaded, before the worker's own code: tells of each wasm instance that is made.
import { names } from './profiled.mjs';

/** @param {string} what */
export const mark = what => console.log(`mark: ${what}`);

mark('loaded');
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, [module, imports]) {
    const name = names.get(module);
    if (!name) return new target(module, imports);
    mark(`${name} begins`);
    const instance = new target(module, imports);
    mark(`${name} ends`);
    return instance;
  },
});
