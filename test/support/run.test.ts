import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProcess, type TestProcess } from './processes.ts';

/** The runner on sample files, with servers that the caller has. */
function run(...args: readonly string[]): TestProcess {
  const env = { TEST_POSTGRES_URL: 'postgres://of-the-caller', TEST_MARIADB_URL: 'mysql://of-the-caller' };
  return startProcess('test/support/run.ts', { args, env });
}

function lastLine(runner: TestProcess): string | undefined {
  return runner.output.trimEnd().split('\n').at(-1);
}

test('the last line counts, and the servers of the caller are handed on', async () => {
  const runner = run('test/support/fixtures/passing.ts');
  assert.deepEqual(await runner.exit(), { code: 0, signal: null });
  assert.equal(lastLine(runner), '2 passed, 0 failed, 1 skipped');
  assert.match(runner.output, /servers: postgres:\/\/of-the-caller mysql:\/\/of-the-caller/);
});

test('a failure fails the run', async () => {
  const runner = run('test/support/fixtures/passing.ts', 'test/support/fixtures/failing.ts');
  assert.deepEqual(await runner.exit(), { code: 1, signal: null });
  assert.equal(lastLine(runner), '3 passed, 1 failed, 1 skipped');
});

test('options go to the runner, and a run without a test fails', async () => {
  const runner = run('--test-name-pattern=no such name', 'test/support/fixtures/nowhere.ts');
  const { code } = await runner.exit();
  assert.notEqual(code, 0);
  assert.match(lastLine(runner) ?? '', /^0 passed, \d failed, \d skipped$/);
});

test('a signal ends the tests, and the count still comes', async () => {
  const runner = run('test/support/fixtures/hanging.ts');
  await runner.waitForLine(/hanging now/);
  runner.signal('SIGTERM');
  const { code } = await runner.exit();
  assert.notEqual(code, 0);
  assert.match(lastLine(runner) ?? '', /^0 passed, \d failed, 0 skipped$/);
});
