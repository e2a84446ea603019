import { PaymentsError } from '../../domain/errors.ts';
import { OPERATION_CODES } from '../../providers/ecommpay/index.ts';

interface RefusalDetail {
  /** Default 400. */
  readonly httpStatus?: number;
  /** Path of the member, or name of the parameter. */
  readonly field?: string;
  /** What exactly is wrong. */
  readonly detail?: string;
}

/** ECommPay refuses a request: its operation code, and a sentence for the developer of the site. */
export class RefusalError extends PaymentsError {
  override readonly name: string = 'RefusalError';
  readonly operationCode: string;
  readonly httpStatus: number;
  readonly field: string | undefined;

  constructor(operationCode: string, { httpStatus = 400, field, detail }: RefusalDetail = {}) {
    const named = [OPERATION_CODES[operationCode], field, detail].filter((part) => part !== undefined);
    super('ERR_PAYMENTS_STATE', named.join(': '));
    this.operationCode = operationCode;
    this.httpStatus = httpStatus;
    this.field = field;
  }
}

/** A value that breaks a rule. ECommPay's validation messages have the code of invalid JSON. */
export function invalidValue(field: string, detail: string): RefusalError {
  return new RefusalError('2003', { field, detail });
}
