import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalString, type PairOrder } from '../../../lib/providers/ecommpay/canonical-string.ts';
import { isSignatureGenuine, readJson, signData } from '../../../lib/providers/ecommpay/index.ts';
import { callbackVectors, canonicalVectors, differenceVectors, forgeryVectors, signingVectors } from '../../support/vectors.ts';

/** As a receiver has it: what is no JSON object is not genuine either. */
function isBodyGenuine(body: string, secrets: readonly string[]): boolean {
  try {
    return isSignatureGenuine(readJson(body), secrets);
  } catch {
    return false;
  }
}

function withSignature(inputJson: string, signature: string): string {
  return `${inputJson.replace(/\}$/, '')},"signature":${JSON.stringify(signature)}}`;
}

describe('the signature of the callback', () => {
  for (const { id, body, secret, expect } of callbackVectors()) {
    test(`${id} is ${expect === 'valid' ? 'genuine' : 'not genuine'}, and with another secret it never is`, () => {
      assert.equal(isBodyGenuine(body, [secret]), expect === 'valid');
      assert.equal(isBodyGenuine(body, ['old', secret]), expect === 'valid');
      assert.equal(isBodyGenuine(body, [`${secret} `]), false);
      assert.equal(isBodyGenuine(body, []), false);
    });
  }
});

describe('the signature of the text', () => {
  for (const { id, inputJson, secret, signature } of canonicalVectors()) {
    if (secret === undefined || signature === undefined) continue;
    test(`of ${id} is the one that ECommPay’s own libraries make`, () => {
      assert.equal(isSignatureGenuine(readJson(withSignature(inputJson, signature)), [secret]), true);
      const data = readJson(inputJson);
      if (id === 'separators-in-values') assert.throws(() => signData(data, secret), /semicolon/);
      else assert.equal(signData(data, secret), signature);
    });
  }
});

describe('the signature of the Payment Page parameters', () => {
  for (const { id, params, secret, signature, expect } of signingVectors()) {
    test(`${id} is ${expect === 'valid' ? 'made and taken' : 'neither made nor taken'}`, () => {
      assert.equal(signData(params, secret) === signature, expect === 'valid');
      assert.equal(isSignatureGenuine({ ...params, signature }, [secret]), expect === 'valid');
    });
  }
});

/**
 * Signatures of official libraries that are not taken, and why. ECommPay sends integers only, and a top-level name `0`, numeric names of
 * an object and names with a colon occur in no callback.
 */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  'php floats': 'it writes 10.0 as 10 and 1e-7 as 1.0E-7',
  'php x-float-integral': 'it writes 10.0 as 10',
  'php zero-prefix': 'it loses a top-level name 0',
  'python floats': 'it writes 1e-7 as 1e-07',
  'java floats': 'it writes 1e-7 as 1.0E-7',
  'java null-and-empty': 'it fails on null',
  'js floats': 'it writes 10.0 as 10, and integers above 2^53 lose digits',
  'js x-float-integral': 'it writes 10.0 as 10',
  'js colon-in-key': 'it leaves a colon in a name as it is, which reads in two ways',
  'js sibling-prefix-keys': 'it sorts level by level, which is none of the three orders',
  'js threeds2': 'it sorts level by level, which is none of the three orders',
  'js numeric-object-keys': 'its objects put names that are numbers first',
};

describe('where ECommPay’s own libraries differ, the signature', () => {
  for (const { id, inputJson, secret, bySdk } of differenceVectors()) {
    for (const [sdk, { signature }] of Object.entries(bySdk)) {
      const reason = NOT_TAKEN[`${sdk} ${id}`];
      test(`by ${sdk} of ${id} is ${reason === undefined ? 'taken' : `not taken: ${reason}`}`, () => {
        const isTaken = signature !== undefined && isBodyGenuine(withSignature(inputJson, signature), [secret]);
        assert.equal(isTaken, reason === undefined);
      });
    }
  }
});

describe('the body of the forgery', () => {
  const { secret, cases } = forgeryVectors();
  /** Forgeries whose signature holds by the algorithm itself: what refuses them stands in `parse.test.ts`. */
  const signedAlike = new Set(['semicolon-resplit', 'pp-url-signature-as-callback']);
  for (const { id, raw, expect, genuineRaw, genuinePaymentPageParams } of cases) {
    const isGenuine = expect !== 'reject' || signedAlike.has(id);
    test(`${id} ${isGenuine ? 'has a signature that holds' : 'is not genuine'}`, () => {
      assert.equal(isBodyGenuine(raw, [secret]), isGenuine);
      if (genuineRaw !== undefined) assert.equal(isBodyGenuine(genuineRaw, [secret]), true);
      if (genuinePaymentPageParams !== undefined) {
        assert.equal(isSignatureGenuine(genuinePaymentPageParams, [secret]), true);
        // Without this a payer could write what passes for a callback.
        assert.throws(() => signData(genuinePaymentPageParams, secret), /semicolon/);
      }
    });
  }
});

const SECRET = 'secret';
const DATA = { project_id: 112, payment: { id: 'p', status: 'success' } };

describe('the place of a signature', () => {
  const signature = signData(DATA, SECRET);

  test('is the top level, else "general", and nowhere else', () => {
    assert.equal(isSignatureGenuine({ ...DATA, signature }, [SECRET]), true);
    assert.equal(isSignatureGenuine({ ...DATA, general: { signature } }, [SECRET]), true);
    for (const place of ['payment', 'body', 'data', 'customer'])
      assert.equal(isSignatureGenuine({ ...DATA, [place]: { ...Object(Reflect.get(DATA, place)), signature } }, [SECRET]), false, place);
    assert.equal(isSignatureGenuine({ ...DATA, general: [{ signature }] }, [SECRET]), false);
    assert.equal(isSignatureGenuine({ ...DATA, general: { general: { signature } } }, [SECRET]), false);
  });

  test('is the top level where both have one', () => {
    const wrong = signData({}, SECRET);
    assert.equal(isSignatureGenuine({ ...DATA, signature, general: { signature: wrong } }, [SECRET]), true);
    assert.equal(isSignatureGenuine({ ...DATA, signature: wrong, general: { signature } }, [SECRET]), false);
    for (const odd of [null, '', 7, {}, [signature]])
      assert.equal(isSignatureGenuine({ ...DATA, signature: odd, general: { signature } }, [SECRET]), false, JSON.stringify(odd));
  });

  test('is the data’s own member, never what they inherit', () => {
    const inherited: object = Object.create({ signature: signData({}, SECRET) });
    assert.equal(isSignatureGenuine(inherited, [SECRET]), false);
    assert.equal(isBodyGenuine(`{"__proto__":{"signature":"${signData({}, SECRET)}"}}`, [SECRET]), false);
  });
});

describe('a verifier', () => {
  test('never throws, whatever JSON it gets, and takes none that nobody signed', () => {
    const signature = fc.oneof(
      fc.jsonValue(),
      fc.constant('A'.repeat(88)),
      fc.base64String({ minLength: 88, maxLength: 88 }),
      fc.constant(`${'A'.repeat(86)}==`),
    );
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 6 }),
      fc.record({ signature, payment: fc.jsonValue() }, { requiredKeys: [] }),
      fc.record({ general: fc.oneof(fc.jsonValue(), fc.record({ signature })), payment: fc.jsonValue() }, { requiredKeys: ['general'] }),
      fc.array(fc.record({ signature })),
    );
    fc.assert(
      fc.property(body, fc.array(fc.string(), { maxLength: 3 }), (data, secrets) => {
        assert.equal(isSignatureGenuine(data, secrets), false);
        const text = JSON.stringify(data);
        assert.equal(isBodyGenuine(text, secrets), false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('says no to what is no object at all', () => {
    for (const odd of [undefined, null, true, 0, '', 'x', Number.NaN, [], [null], () => 1, Symbol('x'), 1n])
      assert.equal(isSignatureGenuine(odd, [SECRET]), false, String(odd));
  });

  test('says no to a signature that is no base64 of 64 bytes', () => {
    const right = signData(DATA, SECRET);
    const bytes = Buffer.from(right, 'base64');
    for (const odd of [
      ...[null, undefined, true, 0, 88, {}, [], [right], { length: 88 }, ''],
      ...[right.slice(0, -1), `${right}=`, `${right}\n`, ` ${right}`, right.replace(/=+$/, ''), right.toLowerCase(), 'A'.repeat(88)],
      ...[bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('latin1'), bytes.subarray(0, 32).toString('base64')],
    ])
      assert.equal(isSignatureGenuine({ ...DATA, signature: odd }, [SECRET]), false, String(odd));
  });

  test('says no to 10,000 levels of nesting, signed or not, and keeps its stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level++) deep = level % 2 === 0 ? { a: deep } : [deep];
    assert.equal(isSignatureGenuine({ ...DATA, deep, signature: signData(DATA, SECRET) }, [SECRET]), false);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = `${open.repeat(10_000)}1${close.repeat(10_000)}`;
      assert.equal(isBodyGenuine(`{"deep":${nested},"signature":"${signData(DATA, SECRET)}"}`, [SECRET]), false);
    }
  });

  test('leaves the data as they are, so that they can be verified again', () => {
    const data = { ...DATA, general: { signature: signData(DATA, SECRET) } };
    const before = structuredClone(data);
    for (let time = 0; time < 3; time++) assert.equal(isSignatureGenuine(data, [SECRET]), true);
    assert.deepEqual(data, before);
  });

  test('takes any of the secrets while they are being changed, and the signer uses the one it is given', () => {
    const [older, newer] = ['older secret', 'newer secret'];
    for (const secret of [older, newer]) {
      const body = { ...DATA, signature: signData(DATA, secret) };
      assert.equal(isSignatureGenuine(body, [newer, older]), true);
      assert.equal(isSignatureGenuine(body, [older, newer]), true);
      assert.equal(isSignatureGenuine(body, ['third']), false);
    }
  });

  test('keeps the text of numbers that JavaScript cannot hold', () => {
    const text = 'operation:id:9007199254740993;payment:sum:amount:10.0';
    const signature = createHmac('sha512', SECRET).update(text).digest('base64');
    const body = (id: string) => `{"operation":{"id":${id}},"payment":{"sum":{"amount":10.0}},"signature":"${signature}"}`;
    assert.equal(isBodyGenuine(body('9007199254740993'), [SECRET]), true);
    assert.equal(isBodyGenuine(body('9007199254740992'), [SECRET]), false);
    assert.equal(isSignatureGenuine(JSON.parse(body('9007199254740993')), [SECRET]), false);
  });

  test('takes what was signed in any of the three orders', () => {
    const data = readJson('{"e":[0,1,2,3,4,5,6,7,8,9,10,11],"a10":1,"a9":2,"a":{"b":3}}');
    const orders: readonly PairOrder[] = ['natural', 'paths', 'pairs'];
    const texts = orders.map((order) => canonicalString(data, order));
    assert.equal(new Set(texts).size, 3);
    for (const text of texts) {
      const signature = createHmac('sha512', SECRET).update(text).digest('base64');
      assert.equal(isSignatureGenuine({ ...data, signature }, [SECRET]), true, text);
    }
    const backwards = createHmac('sha512', SECRET)
      .update(String(texts[0]?.split(';').reverse().join(';')))
      .digest('base64');
    assert.equal(isSignatureGenuine({ ...data, signature: backwards }, [SECRET]), false);
  });
});

test('what is signed is genuine, and no more after any change of a value', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes(';'));
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((value) => value !== 'signature' && value !== 'general');
  const data = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.dictionary(name, text, { minKeys: 1 })), { minKeys: 1 });
  fc.assert(
    fc.property(data, fc.string({ minLength: 1 }), fc.nat(), (given, secret, at) => {
      const signature = signData(given, secret);
      assert.equal(isSignatureGenuine({ ...given, signature }, [secret]), true);
      assert.equal(isBodyGenuine(JSON.stringify({ ...given, general: { signature } }), ['other', secret]), true);
      const names = Object.keys(given);
      const changed = names[at % names.length] ?? '';
      const value = given[changed];
      const other = typeof value === 'object' ? { ...value, more: 'x' } : `${value}x`;
      assert.equal(
        isSignatureGenuine({ ...given, [changed]: other, signature }, [secret]),
        JSON.stringify(other) === JSON.stringify(value),
      );
    }),
  );
});

describe('a signer', () => {
  test('refuses a semicolon in any value and any name, and a colon in any name, at any depth', () => {
    const bad: readonly object[] = [
      { a: 'x;y' },
      { a: ';' },
      { 'a;b': 1 },
      { 'a:b': 1 },
      { a: { b: [{ c: 'x;payment:status:success' }] } },
      { a: { b: [{ 'c:d': 1 }] } },
      { a: { ':': null } },
      { a: { ';': {} } },
      { frame_mode: ';' },
      { general: { signature: ';' } },
    ];
    for (const data of bad) assert.throws(() => signData(data, SECRET), { code: 'ERR_PAYMENTS_INTERNAL' }, JSON.stringify(data));
    for (const data of [{ a: 'x:y' }, { a: 'https://shop.example/?a=b%3Bc' }, { a: '；' }]) assert.equal(signData(data, SECRET).length, 88);
  });

  test('gives base64 of HMAC-SHA512 over the text in UTF-8', () => {
    const expected = createHmac('sha512', 'ключ').update(Buffer.from('a:Ünïcödé 💳;b:1')).digest('base64');
    assert.equal(signData({ b: true, a: 'Ünïcödé 💳' }, 'ключ'), expected);
  });
});
