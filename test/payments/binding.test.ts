import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BINDING_NAME, type Binding, deriveKeys, openBinding, sealBinding } from '../../lib/payments/binding.ts';

const [KEY = assert.fail()] = deriveKeys(['secret'], 'binding');
const BINDING: Binding = {
  reference: 'a'.repeat(22),
  account: 'user-1',
  sum: '25.00',
  currency: 'RUB',
  orderId: undefined,
  expiresAt: undefined,
};

function data(sealed: unknown, more: object = {}): string {
  return JSON.stringify({ ...more, [BINDING_NAME]: sealed });
}

test('what was sealed is opened as it was, whatever stands beside it', () => {
  const bindings = fc.record({
    ...{ reference: fc.string(), account: fc.string({ unit: 'binary' }), sum: fc.string(), currency: fc.string() },
    ...{ orderId: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }), expiresAt: fc.option(fc.integer(), { nil: undefined }) },
  });
  fc.assert(
    fc.property(bindings, fc.object(), (binding, more) => {
      const wellFormed = { ...binding, account: binding.account.toWellFormed(), orderId: binding.orderId?.toWellFormed() };
      assert.deepEqual(openBinding([KEY], data(sealBinding(KEY, wellFormed), more)), { kind: 'bound', binding: wellFormed });
    }),
  );
});

test('any change of the sealed text makes it invalid', () => {
  const sealed = sealBinding(KEY, BINDING);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AZaz09-_.'), (position, character) => {
      const changed = `${sealed.slice(0, position)}${character}${sealed.slice(position + 1)}`;
      const { kind } = openBinding([KEY], data(changed));
      if (changed === sealed) assert.equal(kind, 'bound');
      // The last letter of base64 holds bits that mean nothing.
      else if (position < sealed.length - 1) assert.equal(kind, 'invalid', changed);
    }),
  );
  for (const odd of ['', 'v1', 'v1.', 'v1..', 'v1.a.b', `${sealed}.x`, sealed.replace('v1', 'v2'), null, 1, true, [], {}, [sealed, sealed]])
    assert.equal(openBinding([KEY], data(odd)).kind, 'invalid', JSON.stringify(odd));
});

test('what is none of ours is no binding', () => {
  for (const odd of [
    undefined,
    '',
    'text',
    '{}',
    '[]',
    'null',
    '1',
    '{',
    `{"x":"${BINDING_NAME}"}`,
    `${BINDING_NAME}`,
    `{"${BINDING_NAME}`,
  ])
    assert.equal(openBinding([KEY], odd).kind, 'none', odd);
});

test('a key is good for one purpose and one secret', () => {
  const sealed = data(sealBinding(KEY, BINDING));
  assert.equal(openBinding(deriveKeys(['secret'], 'card-link'), sealed).kind, 'invalid');
  assert.equal(openBinding(deriveKeys(['other'], 'binding'), sealed).kind, 'invalid');
  assert.equal(openBinding(deriveKeys(['other', 'secret'], 'binding'), sealed).kind, 'bound');
  assert.equal(openBinding([], sealed).kind, 'invalid');
});
