import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs a shell script once this process is gone, however it went: the guard waits for the end of a pipe, and the kernel
 * closes the pipe of a process that was killed with signal 9 too. Returns what calls the guard off.
 */
export function whenThisProcessEnds(script: string, ...parameters: string[]): () => void {
  // A session of its own: Ctrl-C in a terminal must not end the guard before it has done its work.
  const guard: ChildProcess = spawn('sh', ['-c', `read -r _\n${script}`, 'guard', ...parameters], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.unref();
  // The pipe is a socket at run time, whose type here has no unref.
  const pipe: object | null = guard.stdin;
  if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return () => {
    guard.kill('SIGKILL');
  };
}
