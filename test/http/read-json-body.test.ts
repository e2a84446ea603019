import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import type express from 'express';
import type { RequestHandler } from 'express';
import { HttpError } from '../../lib/domain/errors.ts';
import { readJsonBody } from '../../lib/http/read-json-body.ts';
import { expressVersions, listen } from '../support/hosts.ts';

const keepBytes = (request: IncomingMessage, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes });
};

/** Gives the body as it was read, or the code of the error. */
async function post(t: TestContext, app: express.Express, body: string): Promise<{ readonly status: number; readonly text: string }> {
  app.post('/', async (request, response) => {
    try {
      response.type('text').send(await readJsonBody(request));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      response.status(error.status).send(error.code);
    }
  });
  const host = await listen(app);
  t.after(() => host.close());
  const answer = await fetch(host.url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: answer.status, text: await answer.text() };
}

for (const { name: version, express: express4or5 } of expressVersions) {
  const site = (...parsers: readonly RequestHandler[]): express.Express => {
    const app = express4or5();
    for (const parser of parsers) app.use(parser);
    return app;
  };
  const { json, raw, text, urlencoded } = express4or5;
  const BODY = '{ "id": 9007199254740993, "rate": 10.0 }';

  describe(`a JSON body (${version})`, () => {
    test('is read as it was sent, wherever its bytes are left', async (t) => {
      const parsers: readonly RequestHandler[] = [
        raw({ type: '*/*' }),
        text({ type: '*/*' }),
        json({ verify: keepBytes }),
        urlencoded({ extended: true }),
      ];
      assert.equal((await post(t, site(), BODY)).text, BODY);
      for (const parser of parsers) assert.equal((await post(t, site(parser), BODY)).text, BODY);
    });

    test('is what a parser has understood, where that is all there is', async (t) => {
      assert.equal((await post(t, site(json()), '{ "a": [1, "x"], "__proto__": {} }')).text, '{"a":[1,"x"],"__proto__":{}}');
    });

    test('that is nested too deeply to be written again, is a 400', async (t) => {
      const body = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
      assert.deepEqual(await post(t, site(json()), body), { status: 400, text: 'ERR_PAYMENTS_BODY_FORMAT' });
    });
  });
}
