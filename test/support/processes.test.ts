import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProcess } from './processes.ts';

test('a process is told to stop, and its output and exit code are there', async () => {
  const child = startProcess('test/support/fixtures/talk.ts', { env: { WORD: 'hello' } });
  await child.waitForLine(/^ready$/);
  const [, context, word] = await child.waitForLine(/^context (\w+), word (\w+)$/);
  assert.deepEqual([context, word], ['none', 'hello']);
  child.signal('SIGTERM');
  assert.deepEqual(await child.exit(), { code: 7, signal: null });
  assert.match(child.output, /told to stop/);
});

test('a process that is killed says by which signal', async () => {
  const child = startProcess('test/support/fixtures/talk.ts');
  await child.waitForLine(/^ready$/);
  assert.equal(child.isRunning, true);
  assert.deepEqual(await child.end(), { code: null, signal: 'SIGKILL' });
  assert.equal(child.isRunning, false);
});

test('a line that can not come any more is an error with the output', async () => {
  const child = startProcess('test/support/fixtures/talk.ts');
  const waiting = assert.rejects(child.waitForLine(/^never$/), /ended without a line \/\^never\$\/:\n.*ready/s);
  await child.waitForLine(/^ready$/);
  await child.end('SIGTERM');
  await waiting;
});

test('a process that stays is an error of its own', async () => {
  const child = startProcess('test/support/fixtures/talk.ts');
  await assert.rejects(child.exit(50), /still runs after 50 ms/);
  await child.end();
});
