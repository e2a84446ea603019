import { request } from 'undici';
import { ApiError, errorText } from '../../domain/errors.ts';

export interface PostOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 16 * 1_048_576;

/** The only door to ECommPay's servers: POST, JSON. Throws `ApiError` with `answered: false` when no whole answer came. */
export async function postJson(url: string, body: object, { timeoutMs, signal }: PostOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    return { status: answer.statusCode, text: await readLimited(answer.body) };
  } catch (cause) {
    throw new ApiError(`ECommPay at ${new URL(url).origin} did not answer: ${errorText(cause)}`, false, { cause });
  }
}

async function readLimited(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
