/**
 * The platform's class of whole email messages. Imported when the first is made: a host that sends no email need not
 * have the module.
 * @param {string} from @param {string} to @param {string | Uint8Array | ReadableStream} raw
 */
export async function emailMessage(from, to, raw) {
  const { EmailMessage } = await import('cloudflare:email');
  return new EmailMessage(from, to, /** @type {any} */ (raw));
}
