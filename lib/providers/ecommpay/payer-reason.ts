/** Why a payment was declined, as far as a payer can do something about it. */
export type PayerReason =
  | 'funds'
  | 'account'
  | 'restricted'
  | 'currency'
  | 'limit'
  | 'wrong-amount'
  | 'cancelled'
  | 'risk'
  | 'unavailable'
  | 'timeout'
  | 'merchant'
  | 'declined';

/** The codes that a payer with a CashU wallet can meet, and the general ones. */
const REASONS: Readonly<Record<PayerReason, readonly string[]>> = {
  funds: ['20105'],
  account: ['20102', '20103', '20104', '20106'],
  restricted: ['20201', '20203', '20205', '20303'],
  currency: ['20107'],
  limit: ['20101', '309'],
  'wrong-amount': ['20304'],
  cancelled: ['20301', '301'],
  risk: ['20401', '20402', '402'],
  unavailable: ['20202', '20501', '20502', '20503', '20504', '20601', '20603', '314', '501', '601'],
  timeout: ['20602', '20801', '20802', '20812', '20899', '602', '603'],
  merchant: ['20701', '20702', '20703', '20705', '20706', '303', '310', '502'],
  declined: ['20000', '20100', '100'],
};

const BY_CODE: ReadonlyMap<string, PayerReason> = new Map(
  // The names of a record are its own type's.
  (Object.keys(REASONS) as PayerReason[]).flatMap((reason) => REASONS[reason].map((code) => [code, reason] as const)),
);

/** The group of an operation code; what is not known is a plain refusal. */
export function payerReason(code: string | undefined): PayerReason {
  return BY_CODE.get(code ?? '') ?? 'declined';
}
