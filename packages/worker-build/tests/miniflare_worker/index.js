export * from './worker/shim.mjs';
export { default } from './worker/shim.mjs';
