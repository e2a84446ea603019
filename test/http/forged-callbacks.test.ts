import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PROJECT_ID, refundCallback, saleCallback, signatureOf } from '../support/callbacks.ts';
import { startCashuSite } from '../support/cashu-site.ts';
import { errorCode, sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

/** Why each of them is refused. */
const REFUSALS: Readonly<Record<string, string>> = {
  'empty-body-signed-empty': 'ERR_PAYMENTS_NOTIFICATION',
  'status-changed': 'ERR_PAYMENTS_SIGNATURE_WRONG',
  'colon-keys-plus-proto': 'ERR_PAYMENTS_BODY_FORMAT',
  'wrapped-in-body': 'ERR_PAYMENTS_SIGNATURE_MISSING',
  'no-signature': 'ERR_PAYMENTS_SIGNATURE_MISSING',
  'signature-array': 'ERR_PAYMENTS_SIGNATURE_WRONG',
  'signature-null': 'ERR_PAYMENTS_SIGNATURE_WRONG',
  'signature-hex': 'ERR_PAYMENTS_SIGNATURE_WRONG',
  'pp-url-signature-as-callback': 'ERR_PAYMENTS_NOTIFICATION',
};

/** Each forgery that is known, made anew against a payment of this site with the signatures that a forger can come by. */
describe('a forged callback credits nobody:', () => {
  for (const { id, expect, ...forgery } of forgeries()) {
    test(id, async (t) => {
      const shop = await startCashuSite(t, { database: sqliteFile(t) });
      const [victim, mine] = [await shop.beginPayment(), await shop.beginPayment()];
      const { body, isAsked } = remake(forgery, { victim, mine });
      const answer = await shop.callbackText(body);
      // Rightly signed, and of nothing.
      const isTaken = (expect !== 'reject' || isAsked) && id !== 'empty-body-signed-empty';
      assert.equal(answer.status, isTaken ? 200 : 400, answer.text);
      // A wrong code would mean that the attack was made anew in a wrong way.
      assert.equal(isTaken ? undefined : errorCode(answer), REFUSALS[id]);
      if (isAsked) await waitUntil(() => shop.gate.asked('status', victim).length > 0);
      assert.deepEqual(
        (await Promise.all([victim, mine].map((paymentId) => shop.payment(paymentId)))).map(({ status }) => status),
        [/"status":"decline"/.test(body) && expect !== 'reject' ? 'decline' : 'created', 'created'],
      );
      await shop.assertNothingCredited();
      assert.equal(Reflect.get({}, 'payment'), undefined);
    });
  }

  test('a signature in a wrong place, or a wrong one before a genuine one', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    const sale = saleCallback(paymentId);
    const signature = signatureOf(sale);
    const bodies = [
      { ...sale, payment: { ...Object(sale['payment']), signature } },
      { ...sale, customer: { ...Object(sale['customer']), signature } },
      { ...sale, general: { general: { signature } } },
      { ...sale, signature: `${'A'.repeat(86)}==`, general: { signature } },
      { ...sale, signature: '', general: { signature } },
      { ...sale, signature: { signature } },
      { ...sale, signature: signature.slice(0, -2) },
      { ...sale, signature: `${signature} ` },
      { ...sale, Signature: signature },
    ];
    for (const body of bodies) {
      const answer = await shop.callbackText(JSON.stringify(body));
      assert.equal(answer.status, 400, JSON.stringify(body));
      errorCode(answer);
    }
    await shop.assertNothingCredited();
  });

  test('the parameters of its own Payment Page, as they stand or nested', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const account = 'c1;payment:status:success;payment:sum:amount:1000';
    const { answer, paymentId } = await shop.begin({ account, description: `x;payment:id:${'0'.repeat(32)};payment:status:success` });
    const parameters = Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
    assert.doesNotMatch(JSON.stringify(parameters), /;/);
    const { payment_id, ...rest } = parameters;
    for (const body of [parameters, { ...rest, payment: { id: payment_id, status: 'success', sum: { amount: 1_000, currency: 'USD' } } }])
      assert.ok([200, 400].includes((await shop.callbackText(JSON.stringify(body))).status));
    assert.equal((await shop.payment(paymentId)).status, 'created');
    await shop.assertNothingCredited();
  });

  test('a refund’s own callback that says the payment is paid', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    assert.equal((await shop.callback(refundCallback(paymentId, { status: 'decline', paymentStatus: 'success' }))).status, 200);
    await waitUntil(() => shop.gate.asked('status', paymentId).length > 0);
    await shop.assertNothingCredited();
  });
});

interface Forgery {
  readonly raw: string;
  readonly genuineRaw?: string;
  readonly genuinePaymentPageParams?: Readonly<Record<string, unknown>>;
}

function forgeries(): readonly (Forgery & { readonly id: string; readonly expect: string })[] {
  const path = join(import.meta.dirname, '..', 'vectors', 'ecommpay', 'forgery.json');
  return JSON.parse(readFileSync(path, 'utf8')).cases;
}

/** The same attack on a payment of this site: the signature is that of what the forger was shown, with the secret of this site. */
function remake(
  { raw, genuineRaw, genuinePaymentPageParams }: Forgery,
  { victim, mine }: { readonly victim: string; readonly mine: string },
): { readonly body: string; readonly isAsked: boolean } {
  const renamed = (text: string): string => text.replaceAll(/ORDER_\d|VICTIM/g, victim).replaceAll('MINE', mine);
  const genuine = genuineRaw ?? (genuinePaymentPageParams && JSON.stringify(genuinePaymentPageParams));
  const shown = genuine === undefined ? shownTo(victim, raw) : signatureOf(JSON.parse(renamed(genuine)));
  const hex = Buffer.from(shown, 'base64').toString('hex');
  const signature = /l0SEyj[A-Za-z0-9+/]{80}==|XC7Ym3[A-Za-z0-9+/]{80}==|gATgF\+[A-Za-z0-9+/]{80}==|0CSYf\+[A-Za-z0-9+/]{80}==/g;
  const body = renamed(raw)
    .replaceAll(signature, shown)
    .replaceAll(/sOllDF[A-Za-z0-9+/]{80}==/g, signatureOf({}))
    .replaceAll(/[0-9a-f]{128}/g, hex);
  return { body, isAsked: genuineRaw !== undefined };
}

/** What was genuinely signed: a decline of this payment. */
function shownTo(paymentId: string, raw: string): string {
  const payment = { id: paymentId, status: 'decline', ...(raw.includes('"sum"') || raw.includes('sum:') ? SUM : { description: null }) };
  return signatureOf(raw.includes('project_id') ? { project_id: PROJECT_ID, payment } : {});
}

const SUM = { sum: { amount: 1_000, currency: 'USD' } };
