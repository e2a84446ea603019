import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express from 'express';

export interface Host {
  /** Without a path and without a slash at the end. */
  readonly url: string;
  readonly server: Server;
  /** Ends every connection and resolves once the server is closed. */
  close(): Promise<void>;
}

/** Serves an Express app (or any listener) on a free port of loopback. */
export async function listen(app: RequestListener): Promise<Host> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A listening TCP server's address is never a string or null.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close: async () => {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface ExpressVersion {
  readonly name: 'express 5' | 'express 4';
  readonly express: typeof express;
}

// The alias has no types of its own; what tests use of Express 4 is typed alike in 5.
const express4 = createRequire(import.meta.url)('express4') as typeof express;

/** Each Express that a host may have. */
export const expressVersions: readonly ExpressVersion[] = [
  { name: 'express 5', express },
  { name: 'express 4', express: express4 },
];
