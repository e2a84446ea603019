/** Every code that an error of this package can carry. The README has a section for each. */
export type PaymentsErrorCode =
  | 'ERR_PAYMENTS_OPTIONS'
  | 'ERR_PAYMENTS_UNKNOWN_OPTION'
  | 'ERR_PAYMENTS_MISSING_SECRET'
  | 'ERR_PAYMENTS_MISSING_DRIVER'
  | 'ERR_PAYMENTS_UNSUPPORTED_DATABASE'
  | 'ERR_PAYMENTS_DATABASE'
  | 'ERR_PAYMENTS_OVERLOADED'
  | 'ERR_PAYMENTS_CLOSED'
  | 'ERR_PAYMENTS_SIGNATURE_MISSING'
  | 'ERR_PAYMENTS_SIGNATURE_MALFORMED'
  | 'ERR_PAYMENTS_SIGNATURE_WRONG'
  | 'ERR_PAYMENTS_SIGNATURE_AMBIGUOUS'
  | 'ERR_PAYMENTS_BODY_CONSUMED'
  | 'ERR_PAYMENTS_BODY_TOO_LARGE'
  | 'ERR_PAYMENTS_BODY_TIMEOUT'
  | 'ERR_PAYMENTS_BODY_ENCODING'
  | 'ERR_PAYMENTS_BODY_FORMAT'
  | 'ERR_PAYMENTS_NOTIFICATION'
  | 'ERR_PAYMENTS_UNCONFIRMED'
  | 'ERR_PAYMENTS_API'
  | 'ERR_PAYMENTS_PAGE_PARAMETERS'
  | 'ERR_PAYMENTS_LINK_EXPIRED'
  | 'ERR_PAYMENTS_ORDER_PAID'
  | 'ERR_PAYMENTS_NOT_FOUND'
  | 'ERR_PAYMENTS_METHOD'
  | 'ERR_PAYMENTS_STATE'
  | 'ERR_PAYMENTS_REQUEST'
  | 'ERR_PAYMENTS_UNAUTHORIZED'
  | 'ERR_PAYMENTS_NOT_CONFIGURED'
  | 'ERR_PAYMENTS_WEBHOOK_SIGNATURE'
  | 'ERR_PAYMENTS_INTERNAL';

/** The base of every error of this package: `code` is stable, `message` names the cause and the fix. */
export class PaymentsError extends Error {
  override readonly name: string = 'PaymentsError';
  readonly code: PaymentsErrorCode;

  constructor(code: PaymentsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Wrong, unknown or missing options; thrown by `createPaymentsRouter` at once. */
export class OptionsError extends PaymentsError {
  override readonly name: string = 'OptionsError';
}

/** The database cannot be opened, reached or migrated, or it refused a statement. */
export class DatabaseError extends PaymentsError {
  override readonly name: string = 'DatabaseError';
}

/** The database is there and refused a statement: trying it again is of no use. The message has only the driver's own words. */
export class StatementError extends DatabaseError {}

/** What a caller over HTTP gets: a status and a JSON body `{"error":{"code","message"}}`. */
export class HttpError extends PaymentsError {
  override readonly name: string = 'HttpError';
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, code: PaymentsErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.status = status;
  }
}

/** A notification whose signature is missing, malformed or wrong: HTTP 401. */
export class SignatureError extends HttpError {
  override readonly name: string = 'SignatureError';

  constructor(code: PaymentsErrorCode, message: string) {
    super(401, code, message);
  }
}

/** A signed notification that cannot be used: HTTP 400, with the field that is wrong. */
export class NotificationError extends HttpError {
  override readonly name: string = 'NotificationError';
  /** Name of the parameter that is missing or broken, where one can be named. */
  readonly field: string | undefined;

  constructor(message: string, field?: string, code: PaymentsErrorCode = 'ERR_PAYMENTS_NOTIFICATION') {
    super(400, code, message);
    this.field = field;
  }
}

/** A page address with missing or wrong parameters: HTTP 400 and a page (or JSON) that names each of them. */
export class PageParametersError extends HttpError {
  override readonly name: string = 'PageParametersError';
  /** One entry for each parameter that is wrong. */
  readonly problems: readonly PageProblem[];

  constructor(problems: readonly PageProblem[]) {
    super(400, 'ERR_PAYMENTS_PAGE_PARAMETERS', problems.map((problem) => `${problem.parameter}: ${problem.message}`).join(' '));
    this.problems = problems;
  }
}

/** One wrong parameter of a page address. */
export interface PageProblem {
  readonly parameter: string;
  /** Key of the sentence, for translation: see `lib/http/messages.ts`. */
  readonly reason: PageProblemReason;
  /** The sentence in English. */
  readonly message: string;
}

export type PageProblemReason =
  | 'missing'
  | 'repeated'
  | 'too-long'
  | 'not-text'
  | 'not-a-sum'
  | 'not-positive'
  | 'too-many-decimals'
  | 'sum-too-large'
  | 'unknown-currency'
  | 'not-a-url'
  | 'url-scheme'
  | 'url-user-info'
  | 'url-origin'
  | 'signature-missing'
  | 'signature-wrong';

/** The acquirer's API refused a request or could not be reached. */
export class ApiError extends PaymentsError {
  override readonly name: string = 'ApiError';
  /** False when no usable answer came, so that the outcome of the request is unknown. */
  readonly answered: boolean;

  constructor(message: string, answered: boolean, options?: ErrorOptions) {
    super('ERR_PAYMENTS_API', message, options);
    this.answered = answered;
  }
}

/** The text of anything thrown, for logs and rows; never a stack trace. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // Anything can be thrown, also what has no text.
    return 'something that is no error was thrown';
  }
}
