import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { accountFor, type DatabaseServer, findPort, ServerFolder, ServerProcess } from './server-process.ts';

export type MariadbServer = DatabaseServer;

export interface MariadbSettings {
  /** The server's time zone. Default one that is not UTC and not whole hours off it, so that a mix-up shows. */
  readonly timezone?: string;
}

const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

function program(name: string): string | undefined {
  return PROGRAM_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function isMariadbInstalled(): boolean {
  return program('mariadbd') !== undefined && program('mariadb-install-db') !== undefined;
}

/** Runs Debian's MariaDB on loopback. It ends with this process, also when this process is killed. */
export async function startMariadb(options: MariadbSettings = {}): Promise<MariadbServer> {
  const mariadbd = program('mariadbd');
  const install = program('mariadb-install-db');
  if (mariadbd === undefined || install === undefined) throw new Error('MariaDB is not installed: apt-get install mariadb-server');
  const folder = new ServerFolder('mariadb', accountFor('mysql'));
  const port = await findPort();
  const url = `mysql://payments:payments@127.0.0.1:${port}/mysql`;
  const grants = join(folder.path, 'grants.sql');
  writeFileSync(
    grants,
    "CREATE USER IF NOT EXISTS payments@'%' IDENTIFIED BY 'payments';\nGRANT ALL PRIVILEGES ON *.* TO payments@'%' WITH GRANT OPTION;\n",
    { mode: 0o644 },
  );
  const server = new ServerProcess(
    folder,
    mariadbd,
    [
      '--no-defaults',
      `--datadir=${folder.data}`,
      `--socket=${join(folder.path, 'socket')}`,
      `--pid-file=${join(folder.path, 'mariadbd.pid')}`,
      `--init-file=${grants}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--max-connections=200',
      `--default-time-zone=${options.timezone ?? '+05:45'}`,
    ],
    () => withConnection(url, async () => undefined),
  );
  await folder.run(install, ['--no-defaults', `--datadir=${folder.data}`, '--auth-root-authentication-method=normal', '--skip-test-db']);
  await server.start();
  return {
    url,
    port,
    createDatabase: () => createMariadbDatabase(url),
    stop: (mode = 'fast') => server.stop(mode === 'fast' ? 'SIGTERM' : 'SIGKILL'),
    start: () => server.start(),
    terminateBackends: () => terminateBackends(url),
    remove: async () => {
      await server.stop('SIGKILL');
      folder.remove();
    },
  };
}

let created = 0;

/** A fresh database on the server of that address. */
export async function createMariadbDatabase(serverUrl: string): Promise<string> {
  created += 1;
  const name = `test_${process.pid}_${Date.now().toString(36)}_${created}`;
  await withConnection(serverUrl, (connection) => connection.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropMariadbDatabase(serverUrl: string, databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withConnection(serverUrl, (connection) => connection.query(`DROP DATABASE IF EXISTS ${name}`));
}

async function terminateBackends(url: string): Promise<number> {
  return withConnection(url, async (connection) => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      "SELECT id FROM information_schema.processlist WHERE id <> connection_id() AND user = 'payments'",
    );
    const ended = await Promise.allSettled(rows.map(({ id }) => connection.query('KILL ?', [id])));
    return ended.filter((result) => result.status === 'fulfilled').length;
  });
}

async function withConnection<T>(url: string, work: (connection: mysql.Connection) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5000 });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
