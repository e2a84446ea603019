import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSite, type Site } from './app.ts';
import { DRAIN_TIMEOUT_MS } from './payments-options.ts';
import { RequestsUnderWay } from './requests-under-way.ts';
import { SANDBOX_PATHS } from './sandbox.ts';
import { readSettings, type Settings } from './settings.ts';

/** A Check may wait so long for the merchant's back-end. */
const REQUESTS_TIMEOUT_MS = 5_500;
const LEAST_DRAIN_MS = 1_000;
/** Whatever still runs then is cut off. */
const STOP_LIMIT_MS = 9_500;

await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message.replaceAll('\n', ' ') : error);
  process.exit(1);
});

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const server = createServer();
  const requests = new RequestsUnderWay(server);
  // The port may be any free one, and the site has to know its own address: listen first.
  const port = await listen(server, settings);
  const localUrl = addressOf(isEverywhere(settings.host) ? '127.0.0.1' : settings.host, port);
  const site = createSite(settings, localUrl);
  server.on('request', site.app);
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void stop(server, requests, site).finally(() => process.exit(0));
    });
  }
  await site.ready().catch((error: unknown) => {
    if (!isStopping) throw error;
  });
  if (isStopping) return;
  console.log(`listening on ${addressOf(settings.host, port)}`);
  if (!site.isSandbox) return;
  const controls = Object.values(SANDBOX_PATHS).map((path) => `${settings.publicUrl ?? localUrl}${path}/`);
  console.log(`sandbox: no provider is configured, so nobody really pays; controls at ${controls.join(' and ')}`);
}

/** Resolves with the port. */
async function listen(server: Server, { host, port }: Settings): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'EADDRINUSE' ? `PORT ${port} is taken by another program.` : `HOST, PORT: ${error.message}`);
  });
  // A server that listens on a host and a port has an address of this kind.
  return (server.address() as AddressInfo).port;
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Takes no more requests, finishes those under way, hands over what is being sent, and ends within ten seconds. */
async function stop(server: Server, requests: RequestsUnderWay, site: Site): Promise<void> {
  const began = performance.now();
  setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  server.close();
  // A connection that was busy when the server closed would be kept alive after its request.
  setInterval(() => server.closeIdleConnections(), 50).unref();
  await requests.finish(REQUESTS_TIMEOUT_MS);
  const left = DRAIN_TIMEOUT_MS - (performance.now() - began);
  await site.close(Math.max(LEAST_DRAIN_MS, Math.round(left)));
  server.closeAllConnections();
}
