import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type express from 'express';
import type { RequestHandler } from 'express';
import { HttpError } from '../../lib/domain/errors.ts';
import { readForm } from '../../lib/http/read-form.ts';
import { expressVersions, listen } from '../support/hosts.ts';

type Fields = readonly (readonly [name: string, value: string])[];

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly fields?: Fields;
  /** What goes into the log of requests. */
  readonly raw?: string;
}

type Post = (body: string | Uint8Array, type?: string) => Promise<Answer>;

const FORM = 'application/x-www-form-urlencoded';

/** A site that reads forms, with its own parsers in front. */
async function site(t: TestContext, express4or5: typeof express, ...parsers: readonly RequestHandler[]): Promise<Post> {
  const app = express4or5();
  for (const parser of parsers) app.use(parser);
  app.post('/', async (request, response) => {
    try {
      const { raw, query } = await readForm(request);
      response.json({ raw: Buffer.from(raw).toString('utf8'), fields: [...new URLSearchParams(query)] });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      response.status(error.status).json({ code: error.code });
    }
  });
  const host = await listen(app);
  t.after(() => host.close());
  return async (body, type) => {
    // Of bytes fetch does not make up a type.
    const answer = await fetch(host.url, {
      method: 'POST',
      body: Buffer.from(body),
      headers: type === undefined ? {} : { 'content-type': type },
    });
    return { status: answer.status, ...JSON.parse(await answer.text()) };
  };
}

interface Parser {
  readonly name: string;
  readonly make: (parsers: typeof express) => readonly RequestHandler[];
}

const parsers: readonly Parser[] = [
  { name: 'no parser', make: () => [] },
  { name: 'express.urlencoded({ extended: true })', make: ({ urlencoded }) => [urlencoded({ extended: true })] },
  { name: 'express.urlencoded({ extended: false })', make: ({ urlencoded }) => [urlencoded({ extended: false })] },
  { name: 'express.json() and express.urlencoded()', make: ({ json, urlencoded }) => [json(), urlencoded({ extended: true })] },
  { name: 'express.raw()', make: ({ raw }) => [raw({ type: '*/*' })] },
  { name: 'express.text()', make: ({ text }) => [text({ type: '*/*' })] },
];

/** Express 4 hands no rejection on: the handlers here reject for nothing but what is a mistake of the test. */
for (const { name: version, express: express4or5 } of expressVersions) {
  describe(`a form (${version})`, () => {
    for (const { name, make } of parsers) {
      test(`is read whatever it holds, behind ${name}`, async (t) => {
        const post = await site(t, express4or5, ...make(express4or5));
        const fields: Fields = [
          ['account', '123456'],
          ['description', 'Счёт № 1 & 2 = 3; 100% «да»'],
          ['sum', '10.00'],
          ['empty', ''],
          ['plus', '1+1'],
          ['lines', 'a\r\nb'],
          ['success_url', 'https://shop.example/?a=b&c=d#e'],
        ];
        const body = String(new URLSearchParams(fields.map(([field, value]) => [field, value])));
        for (const type of [FORM, `${FORM}; charset=UTF-8`, 'Application/X-WWW-Form-UrlEncoded']) {
          const answer = await post(body, type);
          assert.deepEqual([answer.status, answer.fields], [200, fields], type);
          assert.deepEqual([...new URLSearchParams(answer.raw)], fields);
        }
      });

      test(`keeps a name that comes twice, so that it can be refused, behind ${name}`, async (t) => {
        const post = await site(t, express4or5, ...make(express4or5));
        const { fields = [] } = await post('sum=1&sum=2&account=7', FORM);
        assert.deepEqual(
          fields.filter(([field]) => field === 'sum'),
          [
            ['sum', '1'],
            ['sum', '2'],
          ],
        );
      });

      test(`is not made of what came in brackets, behind ${name}`, async (t) => {
        const post = await site(t, express4or5, ...make(express4or5));
        const { status, fields = [] } = await post('sum[a]=1&account[b][c]=2&x=3', FORM);
        assert.equal(status, 200);
        for (const field of ['sum', 'account']) assert.ok(!fields.some(([given]) => given === field), field);
        assert.ok(fields.some(([field, value]) => field === 'x' && value === '3'));
      });

      test(`is a form and nothing else, behind ${name}`, async (t) => {
        const post = await site(t, express4or5, ...make(express4or5));
        for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', `${FORM}-x`, 'x'])
          assert.deepEqual(await post('{"sum":"10.00"}', type), { status: 415, code: 'ERR_PAYMENTS_BODY_ENCODING' }, type);
      });
    }

    test('may come without a type, and may be empty', async (t) => {
      const post = await site(t, express4or5);
      assert.deepEqual((await post('a=b')).fields, [['a', 'b']]);
      assert.deepEqual(await post('', FORM), { status: 200, raw: '', fields: [] });
    });

    test('is 64 kB long at most', async (t) => {
      const post = await site(t, express4or5);
      assert.equal((await post(`a=${'x'.repeat(65_534)}`, FORM)).status, 200);
      assert.deepEqual(await post(`a=${'x'.repeat(65_535)}`, FORM), { status: 413, code: 'ERR_PAYMENTS_BODY_TOO_LARGE' });
    });
  });
}
