/** Any other answer than this makes CloudPayments repeat a notification, up to 100 times. Source: https://developers.cloudpayments.ru/#uvedomleniya */
export const ACKNOWLEDGED = { code: 0 } as const;

/** The body of an answer to Check. */
export function checkAnswer(code: number): { readonly code: number } {
  return { code };
}
