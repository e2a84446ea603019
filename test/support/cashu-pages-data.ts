import type { CashuState } from '../../lib/http/cashu-messages.ts';
import type { CashuPageModel, CashuProgressModel, SendOnPageModel } from '../../lib/http/render-page.ts';

const SHOWN = {
  lang: 'en',
  nonce: 'bm9uY2U=',
  account: '123456',
  description: 'Top-up',
  sum: '$25.00',
  currency: 'USD',
} as const;

export const CASHU: CashuPageModel = { ...SHOWN, action: 'cashu', fields: { account: '123456', sum: '25.00' } };

export const SEND_ON: SendOnPageModel = {
  ...SHOWN,
  method: 'POST',
  url: 'https://wallet.example/pay',
  fields: { Transaction_Code: 'test123' },
};

export const PROGRESS: CashuProgressModel = { ...SHOWN, state: 'waiting' };

/** What each state is about: money that may still come, has come, or has not. */
export const CASHU_STATES: Readonly<Record<CashuState, 'open' | 'failed' | 'over'>> = {
  waiting: 'open',
  returned: 'open',
  paid: 'over',
  declined: 'failed',
  expired: 'failed',
  review: 'over',
  refunded: 'over',
  refused: 'failed',
  unreachable: 'failed',
};

/** The names of `CASHU_STATES`. */
export const EVERY_CASHU_STATE: readonly CashuState[] = Object.keys(CASHU_STATES) as CashuState[]; // The names of a record are its own type's.

export const HOSTILE = `"'><script>document.title='hacked'</script><img src=x onerror="document.title='hacked'"><!--{{7*7}}<%= 1 %>&amp;`;
