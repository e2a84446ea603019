import { type ChildProcess, spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { whenThisProcessEnds } from './guard.ts';
import { waitUntil } from './wait.ts';

export interface ProcessOptions {
  readonly args?: readonly string[];
  /** On top of this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process that a test started. It does not outlive the test. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<ExitStatus>;
  #output = '';

  constructor(script: string, options: ProcessOptions) {
    const path = resolvePath(options.cwd ?? '.', script);
    const loader = path.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
    const child = spawn(process.execPath, [...loader, path, ...(options.args ?? [])], {
      cwd: options.cwd,
      env: { ...withoutTestRunner(process.env), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#collect(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#collect(text));
    const callOff = whenThisProcessEnds('kill -KILL "$1"', String(child.pid));
    this.#exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', callOff);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.#exited.catch(callOff);
  }

  #collect(text: string): void {
    this.#output += text;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote so far, stdout and stderr in the order in which they came. */
  get output(): string {
    return this.#output;
  }

  /** The first line of its output that matches; rejects with the output when the time is over or the process is. */
  waitForLine(pattern: RegExp, timeoutMs = 15_000): Promise<RegExpExecArray> {
    const look = () => {
      const lines = this.#output.split('\n');
      const match = lines.map((line) => pattern.exec(line)).find((found) => found !== null);
      if (match === undefined && !this.isRunning) throw new Error(`the process ended without a line ${pattern}:\n${this.#output}`);
      return match;
    };
    return waitUntil(look, { timeoutMs, describe: () => `a line ${pattern} in:\n${this.#output}` });
  }

  /** Sends a signal, at once; resolves when the process is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<ExitStatus> {
    this.signal(signal);
    return this.#exited;
  }

  /** Sends a signal and does not wait, e.g. `SIGSTOP`. */
  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.#child.kill(signal);
  }

  /** Resolves when the process is gone and its output complete; rejects when it still runs after that time. */
  async exit(timeoutMs = 15_000): Promise<ExitStatus> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the process still runs after ${timeoutMs} ms:\n${this.#output}`)), timeoutMs);
    });
    try {
      return await Promise.race([this.#exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Runs a script with this Node: TypeScript through tsx, JavaScript as it is. */
export function startProcess(script: string, options: ProcessOptions = {}): TestProcess {
  return new TestProcess(script, options);
}

/** The test runner marks its children by a variable; a child of theirs must behave as it does on its own. */
function withoutTestRunner(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...rest } = environment;
  return rest;
}
