import { PaymentsError } from '../../domain/errors.ts';

const NAMES = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden' } as const;

/** The Data API refuses a request. */
export class DataApiError extends PaymentsError {
  override readonly name: string = 'DataApiError';
  readonly status: keyof typeof NAMES;

  constructor(status: keyof typeof NAMES, message: string) {
    super('ERR_PAYMENTS_STATE', message);
    this.status = status;
  }

  /** Source: https://api-data.ecommpay.com */
  get body(): object {
    return { name: NAMES[this.status], message: this.message, code: 0, status: this.status };
  }
}
