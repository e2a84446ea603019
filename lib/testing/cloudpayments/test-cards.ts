/** A card of CloudPayments' test mode. Source: https://developers.cloudpayments.ru/#testirovanie */
export interface TestCard {
  /** 16 digits. */
  readonly number: string;
  readonly brand: 'Visa' | 'Mastercard' | 'MIR';
  /** The payer is sent to a 3-D Secure page first. */
  readonly threeDs: boolean;
  /** What the bank says; `token-declined` pays by card and is refused by token. */
  readonly outcome: 'success' | 'token-declined' | 'insufficient-funds';
}

const BRANDS = ['Visa', 'Mastercard', 'MIR'] as const;

/** One row for each behaviour, one column for each brand. */
const ROWS = [
  { threeDs: false, outcome: 'success', numbers: ['4000000000003055', '5205000000003055', '2202000000003055'] },
  { threeDs: true, outcome: 'success', numbers: ['4242424242424242', '5555555555554444', '2200000000000004'] },
  { threeDs: false, outcome: 'insufficient-funds', numbers: ['4000056655665556', '5404000000000043', '2203000000000043'] },
  { threeDs: true, outcome: 'insufficient-funds', numbers: ['4012888888881881', '5105105105105100', '2202202202202200'] },
  { threeDs: false, outcome: 'token-declined', numbers: ['4111111111111111', '5200828282828210', '2200000022222222'] },
] as const;

export const TEST_CARDS: readonly TestCard[] = ROWS.flatMap(({ threeDs, outcome, numbers }) =>
  BRANDS.map((brand, column) => ({ number: numbers[column] ?? '', brand, threeDs, outcome })),
);

export function findTestCard(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === number);
}

/** The brand by the first digits; for cards that are no test cards. */
export function cardBrand(number: string): string {
  if (/^220[0-4]/.test(number)) return 'MIR';
  if (number.startsWith('4')) return 'Visa';
  return /^(?:5[1-5]|2[2-7])/.test(number) ? 'Mastercard' : 'Maestro';
}

/** The check digit that every card number ends with (ISO/IEC 7812-1). */
export function hasValidCheckDigit(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
