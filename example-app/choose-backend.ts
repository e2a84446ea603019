import { randomBytes } from 'node:crypto';
import { refuse } from './environment.ts';
import type { Settings } from './settings.ts';

/** Who answers for the accounts: addresses, and the secret of the webhook. */
export interface Backend {
  readonly check: string | undefined;
  readonly webhook: string | undefined;
  readonly secret: string | undefined;
  /** The one of this site is asked, or paid, or both. */
  readonly isOwn: boolean;
  /** It tells refunds from payments; one that was made for the original image would credit them. */
  readonly takesRefunds: boolean;
}

/** In the sandbox this site's own, unless the variables name another; with a provider only what they name. */
export function chooseBackend(settings: Settings, localUrl: string): Backend {
  const own = { check: `${localUrl}/backend/check`, webhook: `${localUrl}/backend/webhook` };
  const { isSandbox } = settings;
  const check = settings.checkUrl ?? (isSandbox ? own.check : undefined);
  const webhook = settings.webhookUrl ?? (isSandbox ? own.webhook : undefined);
  const origins = [localUrl, localUrl.replace('127.0.0.1', 'localhost'), settings.publicUrl ?? localUrl];
  const takesRefunds = origins.some((origin) => webhook === `${origin}/backend/webhook`);
  const isOwn = takesRefunds || origins.some((origin) => check === `${origin}/backend/check`);
  const freshSecret = isSandbox && isOwn ? `whsec_${randomBytes(32).toString('base64')}` : undefined;
  const secret = settings.webhookSecret ?? freshSecret;
  if (isOwn && secret === undefined) {
    refuse(
      'CLOUDPAYMENTS_WEBHOOK_SECRET is missing: the back-end of this site books signed webhooks only. echo "whsec_$(openssl rand -base64 32)" makes one.',
    );
  }
  return { check, webhook, secret, isOwn, takesRefunds };
}
