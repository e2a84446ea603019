import { type Message, PROJECT_ID, PROJECT_SECRET, signatureOf, signed } from './callbacks.ts';
import { type Answer, type ReceivedRequest, type Receiver, reply, startReceiver } from './receiver.ts';

export type GateRequestKind = 'sale' | 'refund' | 'status';

/** A request to ECommPay's Gate, as it came in. */
export interface GateRequest {
  readonly kind: GateRequestKind;
  readonly paymentId: string;
  readonly general: Message;
  readonly payment: Message;
  readonly body: Message;
  /** The body's text as sent. */
  readonly text: string;
}

/** How the Gate behaves: accepts; refuses for a reason; or misbehaves like any `Receiver`. */
export type GateAnswer =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status?: number; readonly code: string; readonly message?: string }
  | Answer;

/** What is known of a payment, not signed yet; undefined: error 3061. */
export type StatusScript = (request: GateRequest) => Message | GateAnswer | undefined | Promise<Message | GateAnswer | undefined>;

const PATHS: Readonly<Record<string, GateRequestKind>> = {
  '/v2/payment/wallet/cashu/sale': 'sale',
  '/v2/payment/wallet/cashu/refund': 'refund',
  '/v2/payment/status': 'status',
};

const ACCEPT: GateAnswer = { kind: 'accept' };
/** Takes the request and breaks the connection: nobody knows what became of it. */
export const CUT_OFF: GateAnswer = { kind: 'close', within: 'request' };
export const SILENCE: GateAnswer = { kind: 'silence' };

export function refuse(code: string, message = 'refused', status = 400): GateAnswer {
  return { kind: 'refuse', code, message, status };
}

/**
 * ECommPay's Gate for tests: verifies what it is asked, records it, answers as told. A request that the real one would not take is
 * refused as there, and kept in `faults`.
 */
export class Gate {
  readonly receiver: Receiver;
  /** Requests that were sound, in the order in which they came. */
  readonly requests: GateRequest[] = [];
  /** What was wrong with requests. */
  readonly faults: string[] = [];
  readonly #answers = new Map<GateRequestKind, (request: GateRequest) => GateAnswer>();
  readonly #payments = new Set<string>();
  readonly #refunds = new Set<string>();
  #status: StatusScript = () => undefined;
  #requestNumber = 0;

  constructor(receiver: Receiver) {
    this.receiver = receiver;
    receiver.answerWith((request) => this.#answer(request));
  }

  get url(): string {
    return this.receiver.url;
  }

  /** From now on; `accept` is the default. */
  answerSales(answer: GateAnswer | ((request: GateRequest) => GateAnswer)): void {
    this.#answers.set('sale', typeof answer === 'function' ? answer : () => answer);
  }

  answerRefunds(answer: GateAnswer | ((request: GateRequest) => GateAnswer)): void {
    this.#answers.set('refund', typeof answer === 'function' ? answer : () => answer);
  }

  /** What it knows of payments, from now on. Default: of none. */
  answerStatus(script: StatusScript): void {
    this.#status = script;
  }

  /** Requests of one kind so far, of all payments or of one. */
  asked(kind: GateRequestKind, paymentId?: string): readonly GateRequest[] {
    return this.requests.filter((request) => request.kind === kind && (paymentId === undefined || request.paymentId === paymentId));
  }

  /** Numbers of refunds that were carried out: each once, however often it was asked for. */
  get refundIds(): readonly string[] {
    return [...this.#refunds];
  }

  async #answer(received: ReceivedRequest): Promise<Answer> {
    const request = this.#read(received);
    if (typeof request === 'string') {
      this.faults.push(`${received.url}: ${request}`);
      return error(400, '3261', request);
    }
    this.requests.push(request);
    if (request.kind === 'status') return this.#toAnswer(await this.#status(request), request);
    return this.#toAnswer(this.#answers.get(request.kind)?.(request) ?? ACCEPT, request);
  }

  #toAnswer(answer: Message | GateAnswer | undefined, request: GateRequest): Answer {
    if (answer === undefined) return error(200, '3061', 'Payment not found');
    if (!isGateAnswer(answer)) return json(200, signed(answer));
    if (answer.kind === 'refuse') return error(answer.status ?? 400, answer.code, answer.message ?? 'refused');
    if (answer.kind === 'accept') return this.#accept(request);
    // It came in, whatever is heard of that.
    if (answer.kind === 'close') this.#accept(request);
    return answer;
  }

  /** A number works once: of a payment and of a refund. */
  #accept(request: GateRequest): Answer {
    const isSale = request.kind === 'sale';
    const [known, number, code] = isSale
      ? [this.#payments, request.paymentId, '3041']
      : [this.#refunds, String(request.payment['merchant_refund_id']), '3230'];
    if (known.has(number)) return error(400, code, `${number} came before`);
    known.add(number);
    this.#requestNumber++;
    const requestId = `${isSale ? 'sale' : 'refund'}-request-${this.#requestNumber}`;
    return json(200, { status: 'success', request_id: requestId, project_id: PROJECT_ID, payment_id: request.paymentId });
  }

  #read({ method, url, headers, body }: ReceivedRequest): GateRequest | string {
    const kind = PATHS[url];
    if (kind === undefined || method !== 'POST') return `there is no ${method} ${url}`;
    if (headers['content-type'] !== 'application/json') return `content-type ${headers['content-type']}`;
    const text = body.toString('utf8');
    const data: Message = JSON.parse(text);
    const general: Message = Object(data['general']);
    const payment: Message = Object(data['payment']);
    if (general['signature'] !== signatureOf(data, PROJECT_SECRET)) return 'the signature is wrong';
    const fault = faultOf(kind, data);
    if (fault !== undefined) return fault;
    return { kind, paymentId: String(general['payment_id']), general, payment, body: data, text };
  }
}

function faultOf(kind: GateRequestKind, data: Message): string | undefined {
  const general: Message = Object(data['general']);
  const payment: Message = Object(data['payment']);
  const customer: Message = Object(data['customer']);
  if (general['project_id'] !== PROJECT_ID || typeof general['payment_id'] !== 'string') return 'project_id or payment_id is missing';
  if (/;/.test(JSON.stringify(data))) return 'a semicolon is signed';
  if (kind === 'status') return undefined;
  if (!Number.isInteger(payment['amount']) || Number(payment['amount']) < 1) return `amount ${payment['amount']}`;
  if (!/^[A-Z]{3}$/.test(String(payment['currency']))) return `currency ${payment['currency']}`;
  if (typeof customer['ip_address'] !== 'string') return 'customer.ip_address is missing';
  const description = payment['description'];
  if (kind === 'refund' && (typeof description !== 'string' || description === '')) return 'a refund without description';
  if (kind === 'refund' && typeof payment['merchant_refund_id'] !== 'string') return 'a refund without merchant_refund_id';
  return Array.from(String(description)).length > 255 ? 'description is too long' : undefined;
}

function isGateAnswer(answer: Message | GateAnswer): answer is GateAnswer {
  return 'kind' in answer;
}

function json(status: number, body: Message): Answer {
  return reply(status, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function error(status: number, code: string, message: string): Answer {
  return json(status, { status: 'error', code, message });
}

/** Starts a Gate on a free port of loopback. */
export async function startGate(): Promise<Gate> {
  return new Gate(await startReceiver());
}
