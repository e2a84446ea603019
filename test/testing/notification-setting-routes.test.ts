import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { callApi, intent, NO_MONEY, startSandboxSite, typesOf } from './sandbox-site.ts';

describe('the settings of notifications', () => {
  test('can be read and changed, with GET as the default method', async (t) => {
    const sandbox = await startSandboxSite(t);
    const before = await callApi(sandbox, '/site/notifications/pay/get');
    assert.deepEqual(before.Model, {
      IsEnabled: true,
      Address: `${sandbox.site.url}/pay`,
      HttpMethod: 'POST',
      Encoding: 'UTF8',
      Format: 'CloudPayments',
    });
    await callApi(sandbox, '/site/notifications/Pay/update', { IsEnabled: true, Address: `${sandbox.site.url}/elsewhere` });
    await sandbox.control.pay({ intent: intent() });
    await sandbox.control.settled();
    assert.deepEqual(typesOf(sandbox.site), ['check', 'elsewhere']);
    assert.equal(sandbox.site.requests[1]?.method, 'GET');
  });

  test('cannot be changed for Check, as in the real API', async (t) => {
    const sandbox = await startSandboxSite(t);
    assert.equal((await callApi(sandbox, '/site/notifications/Check/update', { IsEnabled: false })).Success, false);
  });

  test('switch a notification off', async (t) => {
    const sandbox = await startSandboxSite(t);
    await callApi(sandbox, '/site/notifications/Fail/update', { IsEnabled: false });
    await sandbox.control.pay({ intent: intent(), card: NO_MONEY });
    await sandbox.control.settled();
    assert.deepEqual(typesOf(sandbox.site), ['check']);
  });
});
