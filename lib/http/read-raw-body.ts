import type { IncomingMessage } from 'node:http';
import { HttpError, SignatureError } from '../domain/errors.ts';

/** Notifications are a few kilobytes; `Data` may hold a whole receipt. */
const MAX_BODY_BYTES = 65_536;

/** A sender that takes longer for its few kilobytes wants to hold the connection, not to tell us something. */
const READ_TIMEOUT_MS = 10_000;
/** Of a body that is too long so much more is thrown away, so that its sender reads the answer instead of a reset. */
const DISCARD_LIMIT = 4 * 1_048_576;
const DISCARD_TIMEOUT_MS = 1_000;

const HOW_TO_MOUNT =
  'Mount the payments router before body parsers such as express.json() and express.urlencoded(), or let them keep the bytes: express.json({ verify: (request, _response, bytes) => { request.rawBody = bytes } }).';

/**
 * The body of a request, byte for byte as sent, whether or not a body parser came first. Throws `HttpError` at once where the bytes are
 * gone: they are never made up from what a parser understood.
 */
export async function readRawBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpError(415, 'ERR_PAYMENTS_BODY_ENCODING', `Bodies with Content-Encoding ${encoding.slice(0, 32)} are not taken.`);
  }
  const body = request.readableDidRead ? recover(request) : await readStream(request);
  if (body.length > MAX_BODY_BYTES) throw tooLarge();
  return body;
}

/** A parser in front has read the stream; some leave the bytes behind. */
function recover(request: IncomingMessage): Buffer {
  const copies: readonly unknown[] = [Reflect.get(request, 'rawBody'), Reflect.get(request, 'body')];
  for (const copy of copies) {
    if (copy instanceof Uint8Array) return Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength);
    // The signature decides whether these are the bytes that were sent.
    if (typeof copy === 'string') return Buffer.from(copy, 'utf8');
  }
  if (request.headers['content-length'] === '0') return Buffer.alloc(0);
  throw new SignatureError(
    'ERR_PAYMENTS_BODY_CONSUMED',
    `The signature cannot be verified: a body parser in front of the payments router has consumed the body. ${HOW_TO_MOUNT}`,
  );
}

async function readStream(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    await discard(request);
    throw tooLarge();
  }
  const body = await withDeadline(collect(request));
  if (body === undefined) {
    await discard(request);
    throw tooLarge();
  }
  return body;
}

/** Undefined as soon as it is too long; the rest is left unread. */
async function collect(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      // A middleware may have set an encoding; the signature tells whether these are still the bytes as sent.
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, request.readableEncoding ?? 'utf8') : chunk;
      chunks.push(bytes);
      size += bytes.length;
      if (size > MAX_BODY_BYTES) return undefined;
    }
  } catch (cause) {
    throw new HttpError(400, 'ERR_PAYMENTS_BODY_FORMAT', 'The request ended before its body was complete.', { cause });
  }
  return Buffer.concat(chunks);
}

/** The request stays open: destroyed, it could not be answered any more. */
async function withDeadline<T>(work: Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut()), READ_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function discard(request: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    let size = 0;
    const timer = setTimeout(resolve, DISCARD_TIMEOUT_MS);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > DISCARD_LIMIT) resolve();
    });
    for (const event of ['end', 'error', 'close']) request.once(event, () => resolve());
    request.once('close', () => clearTimeout(timer));
    request.resume();
  });
}

function tooLarge(): HttpError {
  return new HttpError(413, 'ERR_PAYMENTS_BODY_TOO_LARGE', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
}

function timedOut(): HttpError {
  return new HttpError(408, 'ERR_PAYMENTS_BODY_TIMEOUT', `The body did not arrive within ${READ_TIMEOUT_MS} ms.`);
}
