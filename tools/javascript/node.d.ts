// The little of Node that our own tools use: its published declarations are not part of the toolchain.

declare module 'node:fs' {
  export function readFileSync(path: string): Uint8Array;
  export function readFileSync(path: string, encoding: 'utf8'): string;
  export function readFileSync(descriptor: number): Buffer;
  export function writeFileSync(path: string, content: Uint8Array | string): void;
}
declare module 'node:module' {
  export function createRequire(path: string): (id: string) => any;
}
declare module 'node:net' {
  export function connect(port: number, host: string): {
    setNoDelay(): void;
    write(data: Uint8Array): boolean;
    on(event: 'connect' | 'close', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'data', listener: (data: Buffer) => void): void;
  };
}
declare module 'node:path' {
  export function join(...parts: string[]): string;
}
declare module 'node:readline' {
  export function createInterface(options: { input: unknown }): {
    on(event: string, listener: (line: string) => void): void;
    [Symbol.asyncIterator](): AsyncIterator<string>;
  };
}
declare module 'node:url' {
  export function pathToFileURL(path: string): { href: string };
}
declare module 'node:timers/promises' {
  export function setTimeout(milliseconds: number): Promise<void>;
}

declare const process: {
  argv: string[];
  pid: number;
  stdin: unknown;
  stdout: { write(text: string): boolean };
  stderr: { write(text: string): boolean };
  exit(code: number): never;
};
declare const console: { log(...values: unknown[]): void; error(...values: unknown[]): void };
declare const performance: { now(): number };
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare class Buffer extends Uint8Array<ArrayBuffer> {
  static alloc(size: number): Buffer;
  static concat(parts: Uint8Array[]): Buffer;
  static from(text: string): Buffer;
  static from(text: string, encoding: 'base64'): Buffer;
  static from(bytes: ArrayBufferLike, offset?: number, length?: number): Buffer;
  toString(encoding?: 'base64'): string;
  subarray(start: number, end?: number): Buffer;
  equals(other: Uint8Array): boolean;
  latin1Slice(start: number, end: number): string;
  indexOf(value: number | string, from?: number): number;
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
