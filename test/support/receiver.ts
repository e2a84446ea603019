import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from './wait.ts';

/** How the receiver behaves towards one request. */
export type Answer =
  | ReplyAnswer
  /** Takes the request and never says a word. */
  | { readonly kind: 'silence' }
  /** A status line, then one byte of a header every so often, for ever. */
  | { readonly kind: 'drip-headers'; readonly everyMs?: number }
  /** Complete headers, then one byte of the body every so often, for ever. */
  | { readonly kind: 'drip-body'; readonly everyMs?: number; readonly status?: number }
  /** A body without an end, as fast as the other side reads. */
  | { readonly kind: 'endless-body'; readonly status?: number }
  /** Breaks the connection: before an answer (`request`), within its headers or within its body. */
  | { readonly kind: 'close'; readonly within: 'request' | 'headers' | 'body' };

export interface ReplyAnswer {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
}

/** Decides by what came in. */
export type Script = (request: ReceivedRequest) => Answer | Promise<Answer>;

/** A plain answer, after a delay if asked. */
export function reply(status: number, more: Omit<ReplyAnswer, 'kind' | 'status'> = {}): ReplyAnswer {
  return { kind: 'reply', status, ...more };
}

/** A redirect to another address. */
export function redirect(location: string, status = 302): ReplyAnswer {
  return reply(status, { headers: { location } });
}

/** One request as it came in. Its last members change while it is under way. */
export interface ReceivedRequest {
  /** 0 for the first request of this receiver. */
  readonly index: number;
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes as sent. */
  readonly body: Buffer;
  /** Header `webhook-id`. */
  readonly webhookId: string | undefined;
  /** 1 for the first request with this `webhook-id` (without one: with this URL). */
  readonly attempt: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** When the answer was complete or the connection was gone; undefined while it is under way. */
  endedAt: number | undefined;
  /** Status of the answer that was sent completely; undefined where none was. */
  answered: number | undefined;
}

/** Two requests with one `webhook-id` that were under way at the same moment. */
export interface Overlap {
  readonly webhookId: string;
  readonly first: ReceivedRequest;
  readonly second: ReceivedRequest;
}

/** A merchant's back-end for tests: records every request, answers as told. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  readonly overlaps: Overlap[] = [];
  /** Most requests that were ever under way at once. */
  mostAtOnce = 0;
  /** Bytes of answers' bodies that were handed to the kernel, of `endless-body` and `drip-body` only. */
  bytesSent = 0;
  #script: Script = () => reply(200);
  readonly #queue: Answer[] = [];
  readonly #underWay = new Set<ReceivedRequest>();
  readonly #attempts = new Map<string, number>();
  #server: Server | undefined;
  #port = 0;

  /** The receiver's address, without a path. It stays the same over `goDown` and `comeBack`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** From now on, where no answer of `answerNext` waits. Default `reply(200)`. */
  answerWith(answer: Answer | Script): void {
    this.#script = typeof answer === 'function' ? answer : () => answer;
  }

  /** For the next requests, one answer each. */
  answerNext(...answers: readonly Answer[]): void {
    this.#queue.push(...answers);
  }

  /** Requests by `webhook-id` (requests without one are left out). */
  byWebhookId(): Map<string, ReceivedRequest[]> {
    const groups = new Map<string, ReceivedRequest[]>();
    for (const request of this.requests) {
      if (request.webhookId === undefined) continue;
      const group = groups.get(request.webhookId);
      if (group === undefined) groups.set(request.webhookId, [request]);
      else group.push(request);
    }
    return groups;
  }

  /** The `webhook-id`s that were answered 200 or 201, with how often. */
  taken(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { webhookId, answered } of this.requests) {
      if (webhookId === undefined || (answered !== 200 && answered !== 201)) continue;
      counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    }
    return counts;
  }

  /** Forgets what came in so far, and attempts are counted from 1 again. */
  forget(): void {
    this.requests.length = 0;
    this.overlaps.length = 0;
    this.#attempts.clear();
    this.mostAtOnce = this.#underWay.size;
    this.bytesSent = 0;
  }

  /** Resolves once the predicate holds, looking after every few milliseconds. */
  async waitFor(predicate: (receiver: Receiver) => boolean, timeoutMs = 10_000): Promise<void> {
    const describe = () => `the receiver (${this.requests.length} requests, ${this.underWay} under way): ${String(predicate)}`;
    await waitUntil(() => predicate(this), { timeoutMs, everyMs: 5, describe });
  }

  /** Listens (again): on a free port at first, later on the same one. */
  async comeBack(): Promise<void> {
    const server = createServer((request, response) => void this.#receive(request, response));
    // What is slow here is slow on purpose.
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    // A listening TCP server's address is never a string or null.
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on and breaks those that are open. */
  async goDown(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  close(): Promise<void> {
    return this.goDown();
  }

  async #receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = now();
    incoming.on('error', () => undefined);
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return;
    }
    const request = this.#record(incoming, Buffer.concat(chunks), startedAt);
    response.once('finish', () => {
      request.answered = response.statusCode;
    });
    response.once('close', () => {
      request.endedAt = now();
      this.#underWay.delete(request);
    });
    const answer = this.#queue.shift() ?? (await this.#script(request));
    await this.#answer(answer, response);
  }

  #record(incoming: IncomingMessage, body: Buffer, startedAt: number): ReceivedRequest {
    const { 'webhook-id': id } = incoming.headers;
    const webhookId = typeof id === 'string' ? id : undefined;
    const key = webhookId ?? `url ${incoming.url}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const request: ReceivedRequest = {
      index: this.requests.length,
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      webhookId,
      attempt,
      startedAt,
      endedAt: undefined,
      answered: undefined,
    };
    if (webhookId !== undefined) {
      for (const first of this.#underWay) {
        if (first.webhookId === webhookId) this.overlaps.push({ webhookId, first, second: request });
      }
    }
    this.requests.push(request);
    this.#underWay.add(request);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay.size);
    return request;
  }

  async #answer(answer: Answer, response: ServerResponse): Promise<void> {
    switch (answer.kind) {
      case 'silence':
        return;
      case 'reply':
        if (answer.delayMs !== undefined) await sleep(answer.delayMs, undefined, { ref: false });
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body);
        return;
      case 'drip-headers':
        response.socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
        return drip(response, answer.everyMs, () => response.socket?.write('a'));
      case 'drip-body':
        response.writeHead(answer.status ?? 200, { 'content-type': 'text/plain' });
        return drip(response, answer.everyMs, () => {
          this.bytesSent += 1;
          response.write('a');
        });
      case 'endless-body':
        response.writeHead(answer.status ?? 200, { 'content-type': 'text/plain' });
        return this.#pour(response);
      case 'close':
        return breakOff(response, answer.within);
    }
  }

  #pour(response: ServerResponse): void {
    const block = Buffer.alloc(16_384, 'a');
    const pour = () => {
      while (!response.destroyed) {
        this.bytesSent += block.length;
        if (!response.write(block)) return;
      }
    };
    response.on('drain', pour);
    pour();
  }
}

/** Starts a receiver on a free port of loopback. */
export async function startReceiver(answer?: Answer | Script): Promise<Receiver> {
  const receiver = new Receiver();
  if (answer !== undefined) receiver.answerWith(answer);
  await receiver.comeBack();
  return receiver;
}

/** What CloudPayments' API answers; `Model` of `/payments/get` has the members of its transaction model. */
export interface ApiAnswer {
  readonly Success: boolean;
  readonly Message?: string | null;
  readonly Model?: Readonly<Record<string, unknown>>;
}

/**
 * A stand-in for CloudPayments' API: `/payments/get` answers with the transaction of that number, or "Not found".
 * `receiver` tells what was asked and can be made to misbehave like any other.
 */
export async function startPaymentsApi(transactions: Map<string, Readonly<Record<string, unknown>>>): Promise<Receiver> {
  return startReceiver((request) => {
    if (request.url !== '/payments/get') return apiReply({ Success: true, Message: null });
    const model = transactions.get(requestedTransaction(request));
    return apiReply(model === undefined ? { Success: false, Message: 'Not found' } : { Success: true, Message: null, Model: model });
  });
}

/** An answer of the API: HTTP 200 with JSON, whatever it says. */
export function apiReply(answer: ApiAnswer): ReplyAnswer {
  return reply(200, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) });
}

function requestedTransaction({ headers, body }: ReceivedRequest): string {
  const text = body.toString();
  if (headers['content-type']?.startsWith('application/json') !== true) return new URLSearchParams(text).get('TransactionId') ?? '';
  return /"TransactionId"\s*:\s*"?(\d+)/.exec(text)?.[1] ?? '';
}

function drip(response: ServerResponse, everyMs = 50, drop: () => void): void {
  const timer = setInterval(drop, everyMs);
  response.once('close', () => clearInterval(timer));
}

function breakOff(response: ServerResponse, within: 'request' | 'headers' | 'body'): void {
  const { socket } = response;
  if (within === 'headers') socket?.write('HTTP/1.1 200 OK\r\ncontent-le');
  if (within === 'body') socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of the');
  socket?.destroySoon();
}

/** Milliseconds since the epoch that never go backwards. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
