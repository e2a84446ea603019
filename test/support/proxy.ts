import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server and can hold everything back, as a network that swallows packets does. */
export class HoldingProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isFrozen = false;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((socket) => this.#join(socket));
  }

  /** The target's address by way of the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    // A listening TCP server's address is never a string or null.
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** From now on nothing passes; connections stay open, and new ones are made and get no answer. */
  freeze(): void {
    this.#isFrozen = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Connections that are open get no answer any more, and are not told; new ones are served. */
  strand(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on('data', (data) => to.write(data));
      from.on('error', () => undefined);
      from.once('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#isFrozen) from.pause();
    }
  }
}

/** Stands before the server of this address, on a free port. */
export async function startProxy(target: string): Promise<HoldingProxy> {
  const proxy = new HoldingProxy(target);
  await proxy.listen();
  return proxy;
}
