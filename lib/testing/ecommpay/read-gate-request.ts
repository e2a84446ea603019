import type { Request } from 'express';
import { isLosslessNumber } from 'lossless-json';
import { isSignatureGenuine, readJson } from '../../providers/ecommpay/index.ts';
import { GateFields } from './gate-fields.ts';
import { refuseSemicolon } from './order-rules.ts';
import { invalidValue, RefusalError } from './refusal-error.ts';
import type { EcommpayConfig } from './stand-in-options.ts';

type Json = Readonly<Record<string, unknown>>;

/** A request of the Gate: JSON, signed in `general`, for this project. Throws `RefusalError`. */
export function readGateRequest(request: Request, { projectId, secret }: EcommpayConfig): GateFields {
  const data = readBody(request);
  const { general } = data;
  if (!isObject(general)) throw new RefusalError('702', { httpStatus: 422, field: 'general', detail: 'an object' });
  if (Object.hasOwn(data, 'signature')) throw new RefusalError('3262', { field: 'general.signature', detail: 'it stands at top level' });
  if (general['signature'] === undefined || general['signature'] === '') throw new RefusalError('3262', { field: 'general.signature' });
  if (!isSignatureGenuine(data, [secret])) throw new RefusalError('3261', { field: 'general.signature' });
  refuseAmbiguous(data, '');
  const fields = new GateFields(data);
  const project = fields.requiredNumber('general.project_id');
  if (project !== String(projectId)) throw new RefusalError('2442', { field: 'general.project_id', detail: project });
  return fields;
}

/** The body as JSON whose numbers keep their text. Throws `RefusalError` with HTTP 422. */
export function readBody(request: Request): Json {
  if (request.is('application/json') === false)
    throw new RefusalError('702', { httpStatus: 422, detail: 'content-type: application/json' });
  // Where the host has parsed it already, numbers have the text that JavaScript gives them.
  const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? '');
  try {
    return readJson(text);
  } catch {
    throw new RefusalError('2003', { httpStatus: 422 });
  }
}

/** What callbacks repeat has to be signed again. */
function refuseAmbiguous(value: unknown, path: string): void {
  if (typeof value === 'string') refuseSemicolon(path, value);
  if (!isObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (/[;:]/.test(name)) throw invalidValue(inner, 'no name with a colon or a semicolon');
    refuseAmbiguous(item, inner);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !isLosslessNumber(value);
}
