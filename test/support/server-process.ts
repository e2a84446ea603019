import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenThisProcessEnds } from './guard.ts';

/** A database server that tests own, with the same shape for each kind. */
export interface DatabaseServer {
  /** Address of the server's own database, for administration. */
  readonly url: string;
  readonly port: number;
  /** A fresh, empty database; resolves with its address. */
  createDatabase(): Promise<string>;
  /** `fast` ends connections and shuts down in order, `immediate` is a crash: the next start has to recover. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Starts again, with the same data on the same port. */
  start(): Promise<void>;
  /** Breaks every connection of every client; resolves with their number. */
  terminateBackends(): Promise<number>;
  /** Stops the server and deletes its data. */
  remove(): Promise<void>;
}

/** Whom the server runs as; root itself may not. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const FOLDER_PREFIX = 'payments-test-server-';

/** Ends the server of a folder ($1) and deletes the folder. Only a process whose command line names the folder is ours. */
const END_SCRIPT = `
pid=$(cat "$1/server.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  line=$(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || ps -o args= -p "$pid" 2>/dev/null)
  case "$line" in *"$1"*)
    kill -QUIT "$pid"
    n=0
    while kill -0 "$pid" 2>/dev/null; do
      n=$((n + 1))
      [ $n -eq 30 ] && kill -KILL "$pid"
      [ $n -ge 60 ] && break
      sleep 0.1
    done
  esac
fi
rm -rf "$1"
`;

/** The account of that name, made where it is missing; undefined for a process that is not root and needs none. */
export function accountFor(name: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = findAccount(name);
  if (found !== undefined) return found;
  // Its failure says nothing: another test file may have made the account at the same moment.
  const made = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', name], { env: serverEnvironment(), encoding: 'utf8' });
  const account = findAccount(name);
  if (account === undefined) throw new Error(`no account "${name}" for a database server: ${made.stderr}`, { cause: made.error });
  return account;
}

function findAccount(name: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Whether that account may look at a path: every folder above must let it through. */
export function isReachable(path: string, account: Account | undefined): boolean {
  return spawnSync('test', ['-x', path], { ...account, stdio: 'ignore' }).status === 0;
}

/** A temporary folder that the account can reach, whatever TMPDIR says. */
export function reachableTemporaryFolder(account: Account | undefined): string {
  const candidates = [tmpdir(), '/var/tmp', '/tmp'];
  const found = candidates.find((folder) => existsSync(folder) && isReachable(folder, account));
  if (found === undefined) throw new Error(`a database server cannot reach any of ${candidates.join(', ')}`);
  return found;
}

/** A free port below the range that the kernel hands out: while a server is stopped nobody else gets it by chance. */
export async function findPort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
  throw new Error('no free port was found');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Ends the servers of test runs that were killed before they could. */
function endLeftovers(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const folder = join(temporary, name);
    const note = join(folder, 'owner.pid');
    if (!name.startsWith(FOLDER_PREFIX) || !existsSync(note)) continue;
    if (!isAlive(Number(readFileSync(note, 'utf8')))) spawnSync('sh', ['-c', END_SCRIPT, 'end', folder], { stdio: 'ignore' });
  }
}

/** A folder with a `data` folder in it, both gone when this process is. */
export class ServerFolder {
  readonly path: string;
  readonly data: string;
  readonly log: string;
  readonly account: Account | undefined;
  readonly #callOff: () => void;

  constructor(kind: string, account: Account | undefined) {
    const temporary = reachableTemporaryFolder(account);
    endLeftovers(temporary);
    this.account = account;
    this.path = mkdtempSync(join(temporary, `${FOLDER_PREFIX}${kind}-`));
    this.data = join(this.path, 'data');
    this.log = join(this.path, 'server.log');
    writeFileSync(join(this.path, 'owner.pid'), String(process.pid));
    chmodSync(this.path, 0o755);
    mkdirSync(this.data, { mode: 0o700 });
    if (account !== undefined) {
      chownSync(this.path, account.uid, account.gid);
      chownSync(this.data, account.uid, account.gid);
    }
    this.#callOff = whenThisProcessEnds(END_SCRIPT, this.path);
  }

  /** Runs a command of the server's package to its end, as the server's account. */
  run(command: string, args: readonly string[]): Promise<void> {
    const child = this.spawn(command, args);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}:\n${this.tail()}`))));
    });
  }

  /** Starts a program as the server's account, with its output in the log. */
  spawn(command: string, args: readonly string[]): ChildProcess {
    const log = openSync(this.log, 'a');
    // A session of its own: Ctrl-C in a terminal is for the tests, which end the server in order.
    const options: SpawnOptions = {
      ...this.account,
      cwd: this.path,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      detached: true,
    };
    const child = spawn(command, [...args], options);
    closeSync(log);
    return child;
  }

  tail(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n');
  }

  remove(): void {
    this.#callOff();
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The server process over a folder: started, stopped and started again. */
export class ServerProcess {
  readonly #folder: ServerFolder;
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #probe: () => Promise<void>;
  #child: ChildProcess | undefined;

  /** `probe` resolves once the server answers. */
  constructor(folder: ServerFolder, command: string, args: readonly string[], probe: () => Promise<void>) {
    this.#folder = folder;
    this.#command = command;
    this.#args = args;
    this.#probe = probe;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the server runs already');
    const child = this.#folder.spawn(this.#command, this.#args);
    let failure: unknown;
    child.once('error', (error) => {
      failure = error;
    });
    this.#child = child;
    child.unref();
    writeFileSync(join(this.#folder.path, 'server.pid'), String(child.pid));
    await this.#untilReady(child, () => failure);
  }

  async #untilReady(child: ChildProcess, failure: () => unknown): Promise<void> {
    const end = performance.now() + 60_000;
    for (;;) {
      const error = await this.#probe().then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('no reason given'),
      );
      if (error === undefined) return;
      if (child.exitCode !== null || child.signalCode !== null || failure() !== undefined || performance.now() > end) {
        this.#child = undefined;
        child.kill('SIGKILL');
        throw new Error(`${this.#command} did not start:\n${this.#folder.tail()}`, { cause: failure() ?? error });
      }
      await sleep(20);
    }
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.ref();
      child.kill(signal);
      await exited;
    }
    rmSync(join(this.#folder.path, 'server.pid'), { force: true });
  }
}

/** Variables such as PGDATA or MYSQL_HOME must not reach a server; the PATH of a service often has no sbin. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '/usr/bin:/bin' } = process.env;
  return { PATH: `${PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' };
}
