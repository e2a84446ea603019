import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import knex from 'knex';
import { AccountBook } from '../../example-app/backend/account-book.ts';
import { databaseConfig } from '../../lib/storage/database-config.ts';
import { forEachDatabase } from '../support/databases.ts';

const ACCOUNT = 'maple-1024';

forEachDatabase(({ client, create }) => {
  async function openBook(t: TestContext, url: string): Promise<AccountBook> {
    const database = knex(databaseConfig(url));
    t.after(() => database.destroy());
    const book = new AccountBook(database);
    await book.prepare(ACCOUNT);
    return book;
  }

  describe('the account book', () => {
    test('knows the accounts that were opened', async (t) => {
      const book = await openBook(t, await create());
      assert.equal(await book.isKnown(ACCOUNT), true);
      assert.equal(await book.isKnown('nobody'), false);
    });

    test('has one balance for each currency, exact to the last unit', async (t) => {
      const book = await openBook(t, await create());
      await book.book({ webhookId: '1', account: ACCOUNT, currency: 'RUB', minor: 999_999_999_999_999 });
      await book.book({ webhookId: '2', account: ACCOUNT, currency: 'RUB', minor: -1 });
      await book.book({ webhookId: '3', account: ACCOUNT, currency: 'KWD', minor: 1 });
      assert.deepEqual(await book.balances(ACCOUNT), [
        { currency: 'KWD', amount: '0.001' },
        { currency: 'RUB', amount: '9999999999999.98' },
      ]);
    });

    test('books a webhook once, however often and at whatever moment it comes', async (t) => {
      const url = await create();
      const first = await openBook(t, url);
      // Two pools of one process on one SQLite file only block each other.
      const second = client === 'sqlite' ? first : await openBook(t, url);
      const entry = { webhookId: 'msg_1', account: ACCOUNT, currency: 'RUB', minor: 500 };
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? first : second).book(entry)));
      assert.equal(outcomes.filter((isNew) => isNew).length, 1);
      assert.deepEqual(await first.balances(ACCOUNT), [{ currency: 'RUB', amount: '5.00' }]);
    });

    test('books different webhooks of one moment all', async (t) => {
      const book = await openBook(t, await create());
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => book.book({ webhookId: `msg_${index}`, account: ACCOUNT, currency: 'RUB', minor: 100 })),
      );
      assert.deepEqual(await book.balances(ACCOUNT), [{ currency: 'RUB', amount: '20.00' }]);
    });

    test('may be opened by several processes at the same moment', async (t) => {
      const url = await create();
      const books = await Promise.all(Array.from({ length: 3 }, () => openBook(t, url)));
      assert.equal(await books[0]?.isKnown(ACCOUNT), true);
    });
  });
});
