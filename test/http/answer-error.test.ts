import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError, HttpError, NotificationError, OptionsError, SignatureError } from '../../lib/domain/errors.ts';
import { toHttpError } from '../../lib/http/answer-error.ts';
import type { Logger } from '../../lib/index.ts';

class Lines implements Logger {
  readonly lines: string[] = [];
  debug(): void {}
  info(): void {}
  warn(fields: object, message: string): void {
    this.lines.push(`${message} ${JSON.stringify(fields)}`);
  }
  error(fields: object, message: string): void {
    this.lines.push(`${message} ${JSON.stringify(fields)}`);
  }
}

test('an error that is meant for the caller stays as it is', () => {
  for (const error of [
    new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'x'),
    new SignatureError('ERR_PAYMENTS_SIGNATURE_WRONG', 'x'),
    new NotificationError('x', 'Amount'),
  ])
    assert.equal(toHttpError(error, new Lines()), error);
});

test('our own trouble is a 503, so that the notification comes again; what it was stays in the log', () => {
  const secret = 'postgres://user:hunter2@db:5432';
  const cases: readonly (readonly [error: unknown, code: string])[] = [
    [new DatabaseError('ERR_PAYMENTS_DATABASE', secret), 'ERR_PAYMENTS_DATABASE'],
    [new DatabaseError('ERR_PAYMENTS_OVERLOADED', secret), 'ERR_PAYMENTS_OVERLOADED'],
    [new OptionsError('ERR_PAYMENTS_OPTIONS', secret), 'ERR_PAYMENTS_INTERNAL'],
    [new TypeError(secret), 'ERR_PAYMENTS_INTERNAL'],
    [new Error(secret, { cause: new Error('x') }), 'ERR_PAYMENTS_INTERNAL'],
    [secret, 'ERR_PAYMENTS_INTERNAL'],
    [undefined, 'ERR_PAYMENTS_INTERNAL'],
  ];
  for (const [thrown, code] of cases) {
    const logger = new Lines();
    const error = toHttpError(thrown, logger);
    assert.deepEqual([error.status, error.code], [503, code]);
    assert.doesNotMatch(error.message, /hunter2|\.ts:/);
    assert.equal(logger.lines.length, 1, 'it is in the log');
    if (thrown !== undefined) assert.match(logger.lines.join(), /hunter2/);
  }
});

test('an address that cannot be decoded is a 404', () => {
  for (const thrown of [new URIError('malformed'), Object.assign(new Error('Failed to decode param'), { status: 400 })])
    assert.deepEqual([toHttpError(thrown, new Lines()).status, toHttpError(thrown, new Lines()).code], [404, 'ERR_PAYMENTS_NOT_FOUND']);
});
