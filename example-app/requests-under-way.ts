import type { Server } from 'node:http';

/** Counts the requests of a server, so that a stop can wait for the last. */
export class RequestsUnderWay {
  #count = 0;
  #tell: () => void = () => {};

  constructor(server: Server) {
    server.on('request', (_request, response) => {
      this.#count += 1;
      response.once('close', () => {
        this.#count -= 1;
        if (this.#count === 0) this.#tell();
      });
    });
  }

  /** Resolves when none is left, or when the time is over. */
  async finish(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      this.#tell = resolve;
      setTimeout(resolve, timeoutMs);
    });
  }
}
