import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expressVersions, listen } from './hosts.ts';

for (const { name, express } of expressVersions) {
  test(`an app of ${name} is served and closed`, async () => {
    const app = express();
    app.get('/hello', (_request, response) => {
      response.send('hello');
    });
    const host = await listen(app);
    const response = await fetch(`${host.url}/hello`);
    assert.equal(await response.text(), 'hello');
    await host.close();
    await host.close();
    await assert.rejects(fetch(`${host.url}/hello`));
  });
}

test('the two are what their names say', () => {
  // Express 5 has no `app.del` any more.
  assert.deepEqual(
    expressVersions.map(({ express }) => 'del' in express.application),
    [false, true],
  );
});
