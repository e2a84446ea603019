import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { compileBlocks } from './compile-blocks.ts';
import {
  cashuVerbs,
  commandNames,
  errorCodes,
  eventNames,
  exampleVariables,
  notificationPaths,
  optionNames,
  optionsOf,
  routePaths,
  tableColumns,
} from './documented-names.ts';
import { isNamed, isOptionNamed, readManual } from './manual.ts';

const MANUAL = readManual(`# Pay
See [below](#the-check-option) and [more](OTHER.md#x).

\`\`\`ts run
import { readFileSync } from 'node:fs';
const size: string = readFileSync('a').length;
\`\`\`

## The \`check\` option
### \`cloudpayments\`
| \`publicId\` | who you are |

## Others
Set \`webhook.url\` and \`delivery.delivered\`, GET /health is not code.
\`\`\`sh
npm test
\`\`\`
`);

test('a manual is read as fences, spans, links and anchors', () => {
  assert.deepEqual(MANUAL.fences[0], {
    language: 'ts',
    marks: ['run'],
    code: "import { readFileSync } from 'node:fs';\nconst size: string = readFileSync('a').length;",
    line: 4,
  });
  assert.equal(MANUAL.fences[1]?.code, 'npm test');
  assert.deepEqual(
    MANUAL.links.map(({ target }) => target),
    ['#the-check-option', 'OTHER.md#x'],
  );
  assert.deepEqual([...MANUAL.anchors], ['pay', 'the-check-option', 'cloudpayments', 'others']);
});

test('a name counts where it stands in code and by itself', () => {
  assert.equal(isNamed(MANUAL, 'delivery.delivered'), true);
  assert.equal(isNamed(MANUAL, 'delivery'), false);
  assert.equal(isNamed(MANUAL, '/health'), false);
  assert.equal(isNamed(MANUAL, 'check'), true);
  assert.equal(isNamed(readManual('GET `/base/check`'), '/check'), true);
  assert.equal(isNamed(readManual('GET `/payments`'), '/pay'), false);
});

test('an option counts by its path or below a heading with the rest of its path', () => {
  assert.equal(isOptionNamed(MANUAL, 'webhook.url'), true);
  assert.equal(isOptionNamed(MANUAL, 'cloudpayments.publicId'), true);
  assert.equal(isOptionNamed(MANUAL, 'webhook.publicId'), false);
  assert.equal(isOptionNamed(MANUAL, 'publicUrl'), false);
});

test('an error of the compiler has the line of the manual', () => {
  assert.deepEqual(compileBlocks(MANUAL.fences.slice(0, 1)), ["README.md:6: Type 'number' is not assignable to type 'string'."]);
});

test('a block of CommonJS is compiled as such', () => {
  const code = "const { join } = require('node:path');\njoin('a', 1);";
  assert.deepEqual(compileBlocks([{ language: 'js', marks: ['run'], code, line: 10 }]), [
    "README.md:12: Argument of type 'number' is not assignable to parameter of type 'string'.",
  ]);
});

test('options are found through interfaces, unions and literals, functions are not entered', () => {
  const text = `
    export interface A { url: string; secret?: string | readonly string[] }
    export interface B { handler: (payment: { id: string }) => unknown }
    export type Both = (A | B) & { timeoutMs?: number };
    export interface Root { webhook?: Both; log: { days: number }; on: boolean | A }`;
  assert.deepEqual(optionsOf(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest), 'Root'), [
    'webhook',
    'webhook.url',
    'webhook.secret',
    'webhook.handler',
    'webhook.timeoutMs',
    'log',
    'log.days',
    'on',
    'on.url',
    'on.secret',
  ]);
});

test('the sources of the package are read', () => {
  for (const name of ['database', 'cloudpayments.apiSecret', 'webhook.url', 'dispatcher.leaseMs', 'webhookLog.retentionDays']) {
    assert.ok(optionNames().includes(name), name);
  }
  assert.ok(eventNames().includes('delivery.delivered'));
  assert.ok(errorCodes().includes('ERR_PAYMENTS_OPTIONS'));
  assert.deepEqual(notificationPaths().slice(0, 2), ['/check', '/pay']);
  for (const path of ['/pay', '/health', '/pub/card', '/pub/cashu/:payment_id', '/cashu/refund'])
    assert.ok(routePaths().includes(path), path);
  assert.ok(cashuVerbs().includes('payments.cashu.approve'));
  for (const name of ['PORT', 'ECOMMPAY_SECRET', 'HTTP_AUTH_PASSWORD']) assert.ok(exampleVariables().includes(name), name);
  assert.deepEqual(commandNames().options, ['--from', '--to', '--format']);
  assert.ok(commandNames().variables.includes('ECOMMPAY_CURRENCIES'));
  assert.deepEqual(tableColumns().get('cloudpayments_delivery_body'), ['delivery_id', 'webhook_id', 'body']);
  for (const column of ['payment_id', 'sum', 'check_at', 'is_known'])
    assert.ok(tableColumns().get('cloudpayments_cashu_payment')?.includes(column), column);
  assert.ok(tableColumns().has('cloudpayments_paid_order'));
});
