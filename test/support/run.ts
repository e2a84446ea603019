/**
 * The runner behind `npm test`: one database server of each kind for all test files, then Node's own runner.
 * Arguments: test files (default: all), and options of `node --test` such as `--test-name-pattern=…`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { whenThisProcessEnds } from './guard.ts';
import { isMariadbInstalled, startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import type { DatabaseServer } from './server-process.ts';

const TESTS = resolve(import.meta.dirname, '..');
/** Run by hand: they take minutes and load the machine. */
const LEFT_OUT = ['bench/', 'chaos/', 'vectors/'];
/** For one test file as well: a file that hangs must not hold up the rest for ever. */
const TIMEOUT_MS = 300_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function findTestFiles(): string[] {
  const names = readdirSync(TESTS, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.some((folder) => name.startsWith(folder)));
  return tests.sort().map((name) => relative(process.cwd(), join(TESTS, name)));
}

/** Servers that the caller did not name in a variable are started here. */
async function startServers(): Promise<{ readonly servers: DatabaseServer[]; readonly variables: Record<string, string> }> {
  const { TEST_POSTGRES_URL, TEST_MARIADB_URL } = process.env;
  const variables: Record<string, string> = {};
  const servers: DatabaseServer[] = [];
  const start = async (variable: string, starting: Promise<DatabaseServer>) => {
    const server = await starting;
    servers.push(server);
    variables[variable] = server.url;
  };
  await Promise.all([
    TEST_POSTGRES_URL === undefined ? start('TEST_POSTGRES_URL', startPostgres()) : undefined,
    TEST_MARIADB_URL === undefined && isMariadbInstalled() ? start('TEST_MARIADB_URL', startMariadb()) : undefined,
  ]);
  return { servers, variables };
}

function startRunner(args: readonly string[], variables: Record<string, string>, summary: string): ChildProcess {
  const options = args.filter((argument) => argument.startsWith('-'));
  const files = args.filter((argument) => !argument.startsWith('-'));
  const runner = [
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    `--test-timeout=${TIMEOUT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${summary}`,
  ];
  return spawn(process.execPath, [...runner, ...options, ...(files.length > 0 ? files : findTestFiles())], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function exitCodeOf(runner: ChildProcess): Promise<number> {
  return new Promise((finish) => {
    runner.once('error', (error) => {
      console.error(error);
      finish(1);
    });
    runner.once('exit', (code, signal) => finish(code ?? (signal === null ? 1 : 128 + constants.signals[signal])));
  });
}

/** The counts at the end of a TAP file; a runner that died before it wrote them counts as one failure. */
function readCounts(summary: string): Counts {
  const tap = existsSync(summary) ? readFileSync(summary, 'utf8') : '';
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  if (!/^# tests \d+$/m.test(tap)) return { passed: 0, failed: 1, skipped: 0 };
  return { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') + count('todo') };
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'payments-test-run-'));
  const summary = join(folder, 'summary.tap');
  const { servers, variables } = await startServers();
  const runner = startRunner(process.argv.slice(2), variables, summary);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal));
  const callOff = whenThisProcessEnds('kill -TERM "$1"; rm -rf "$2"', String(runner.pid), folder);
  const code = await exitCodeOf(runner);
  callOff();
  await Promise.all(servers.map((server) => server.remove()));
  const counts = readCounts(summary);
  rmSync(folder, { recursive: true, force: true });
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return code === 0 && (counts.failed > 0 || counts.passed === 0) ? 1 : code;
}

process.exitCode = await main();
