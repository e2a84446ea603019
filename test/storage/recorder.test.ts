import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import { forEachDatabase, query, type TestDatabase } from '../support/databases.ts';
import { startPostgres } from '../support/postgres.ts';
import { errorCode, startSite } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

/** Makes the database refuse one account, as a full disk or a rule of an administrator would. */
const POISON: Readonly<Record<TestDatabase['client'], readonly string[]>> = {
  sqlite: [
    `CREATE TRIGGER poison BEFORE INSERT ON cloudpayments_transaction WHEN NEW.account = 'poison' BEGIN SELECT RAISE(ABORT, 'poisoned'); END`,
  ],
  postgres: [
    `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.account = 'poison' THEN RAISE 'poisoned'; END IF; RETURN NEW; END $$`,
    'CREATE TRIGGER poison BEFORE INSERT ON cloudpayments_transaction FOR EACH ROW EXECUTE FUNCTION poison()',
  ],
  mysql: [
    `CREATE TRIGGER poison BEFORE INSERT ON cloudpayments_transaction FOR EACH ROW
       IF NEW.account = 'poison' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poisoned'; END IF`,
  ],
};

forEachDatabase((database: TestDatabase) => {
  test('a row that the database refuses fails alone, whoever it is committed with', async (t) => {
    const address = await database.create();
    const site = await startSite(t, { database: address });
    for (const statement of POISON[database.client]) await query(address, statement);
    const accounts = Array.from({ length: 40 }, (_, index) => (index % 10 === 3 ? 'poison' : `user-${index}`));
    const answers = await Promise.all(accounts.map((account) => site.send('pay', { AccountId: account })));
    answers.forEach((answer, index) => {
      assert.equal(answer.status, accounts[index] === 'poison' ? 503 : 200, accounts[index]);
      if (answer.status === 503) assert.doesNotMatch(answer.text, /poisoned/);
      if (answer.status === 503) errorCode(answer);
    });
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 36);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 36);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 503'), 4);
    assert.equal(site.seen('database.lost').length, 0);
    assert.equal(site.seen('payment').length, 36);
    assert.equal((await site.fetch('/health')).status, 200);
  });

  test('different payments at the same moment are all stored, each once', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => site.send('pay', { TransactionId: 1_000 + (index % 150) })),
    );
    assert.ok(answers.every(({ text }) => text === '{"code":0}'));
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 150);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log'), 300);
    assert.equal(site.seen('payment').length, 150);
  });
});

describe('the queue', () => {
  test('that is full is answered 503 at once; who waited is stored', async (t) => {
    const server = await startPostgres();
    t.after(() => server.remove());
    const address = await server.createDatabase();
    const site = await startSite(t, { database: address, options: { limits: { queue: 2, batch: 1 } } });
    const lock = new pg.Client({ connectionString: address });
    lock.on('error', () => undefined);
    await lock.connect();
    t.after(() => lock.end());
    await lock.query('BEGIN; LOCK TABLE cloudpayments_http_log IN ACCESS EXCLUSIVE MODE');
    const patient = [1, 2, 3].map((id) => site.send('pay', { TransactionId: id }));
    await waitUntil(async () => (await site.payments.health()).queue.waiting === 2, { everyMs: 100 });
    const startedAt = performance.now();
    const answer = await site.send('pay', { TransactionId: 4 });
    assert.equal(answer.status, 503);
    assert.equal(errorCode(answer), 'ERR_PAYMENTS_OVERLOADED');
    assert.ok(performance.now() - startedAt < 1_000, 'at once');
    const health = await site.fetch('/health');
    assert.equal(health.status, 503);
    assert.deepEqual(JSON.parse(health.text).queue, { waiting: 2, limit: 2 });
    await lock.query('COMMIT');
    assert.deepEqual(
      (await Promise.all(patient)).map(({ text }) => text),
      Array(3).fill('{"code":0}'),
    );
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 3);
    assert.equal((await site.send('pay', { TransactionId: 4 })).text, '{"code":0}');
  });
});
