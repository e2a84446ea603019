import { type Environment, refuse } from './environment.ts';

/** The merchant cabinet's side of the set-up. */
export interface CloudPaymentsSettings {
  readonly publicId: string;
  readonly apiSecret: string | undefined;
  readonly apiUrl: string | undefined;
  readonly widgetUrl: string | undefined;
}

/** The project at ECommPay, for CashU. */
export interface EcommpaySettings {
  readonly projectId: number;
  readonly secret: string;
  readonly flow: 'payment-page' | 'gate';
  readonly paymentPageUrl: string | undefined;
  readonly gateUrl: string | undefined;
  readonly dataApi: { readonly token: string; readonly secret: string; readonly url?: string } | undefined;
}

const MAX_PROJECT_ID = 4_294_967_295;

/** Undefined when neither key is there. */
export function readCloudPayments(environment: Environment): CloudPaymentsSettings | undefined {
  const publicId = environment.text('CLOUDPAYMENTS_PUBLIC_ID');
  const apiSecret = environment.text('CLOUDPAYMENTS_API_SECRET');
  if (publicId === undefined && apiSecret === undefined) return undefined;
  if (publicId === undefined) return refuse('CLOUDPAYMENTS_PUBLIC_ID is missing: the Public ID of the site in the merchant cabinet.');
  if (apiSecret === undefined && !environment.flag('CLOUDPAYMENTS_ALLOW_UNSIGNED')) {
    return refuse(
      'CLOUDPAYMENTS_API_SECRET is missing: without it no notification can be verified. Copy it from the merchant cabinet, or set CLOUDPAYMENTS_ALLOW_UNSIGNED=1 and let anyone who reaches this site credit accounts.',
    );
  }
  return { publicId, apiSecret, apiUrl: environment.url('CLOUDPAYMENTS_API_URL'), widgetUrl: environment.url('CLOUDPAYMENTS_WIDGET_URL') };
}

/** Undefined when neither number nor secret is there. */
export function readEcommpay(environment: Environment): EcommpaySettings | undefined {
  const projectId = environment.text('ECOMMPAY_PROJECT_ID');
  const secret = environment.text('ECOMMPAY_SECRET');
  if (projectId === undefined && secret === undefined) return undefined;
  if (projectId === undefined) return refuse('ECOMMPAY_PROJECT_ID is missing: the number of the project at ECommPay.');
  if (!/^[1-9]\d{0,9}$/.test(projectId) || Number(projectId) > MAX_PROJECT_ID)
    return refuse(`ECOMMPAY_PROJECT_ID has to be a number of 1 to ${MAX_PROJECT_ID}, not "${projectId}".`);
  if (secret === undefined) return refuse('ECOMMPAY_SECRET is missing: without the secret of the project no callback can be verified.');
  return {
    ...{ projectId: Number(projectId), secret },
    flow: environment.choice('ECOMMPAY_FLOW', ['payment-page', 'gate']) ?? 'payment-page',
    paymentPageUrl: environment.url('ECOMMPAY_PAYMENT_PAGE_URL'),
    gateUrl: environment.url('ECOMMPAY_GATE_URL'),
    dataApi: readDataApi(environment),
  };
}

function readDataApi(environment: Environment): EcommpaySettings['dataApi'] {
  const token = environment.text('ECOMMPAY_DATA_TOKEN');
  const secret = environment.text('ECOMMPAY_DATA_SECRET');
  const url = environment.url('ECOMMPAY_DATA_URL');
  if (token === undefined && secret === undefined) return undefined;
  if (token === undefined || secret === undefined)
    return refuse(`ECOMMPAY_DATA_${token === undefined ? 'TOKEN' : 'SECRET'} is missing: the Data API needs token and secret.`);
  return { token, secret, ...(url !== undefined && { url }) };
}
