import { OptionsError } from '../../domain/errors.ts';
import { NOTIFICATION_TYPES, type NotificationType } from '../../domain/notification.ts';

/** Options of `createCloudPaymentsStandIn`. */
export interface CloudPaymentsStandInOptions {
  /** Public ID of the one site that it serves. */
  readonly publicId: string;
  /** API secret of that site: signs notifications, and is the password of the API. */
  readonly apiSecret: string;
  /**
   * Where notifications go: the address of the mounted payments router, `http://127.0.0.1:3000/_cloudpayments_`; `/check`, `/pay` and so on are added.
   * Without it nothing is sent until an address is set through `POST /site/notifications/{Type}/update`.
   */
  readonly notificationsUrl?: string;
  /** How notifications are sent at first. Default `POST`. */
  readonly method?: 'GET' | 'POST';
  /** Body of a POST. Default `form`. */
  readonly format?: 'form' | 'json';
  /** Divides the pauses between repeats (1, 2, 5, 10, 30 minutes). Default 1; with 600 minutes become tenths of seconds. */
  readonly speed?: number;
  /** Milliseconds for which an answer is waited for. Default 30000; never divided. */
  readonly answerTimeoutMs?: number;
  /** What notifications and the API say of `TestMode`. Default true. */
  readonly testMode?: boolean;
}

/** The settings of one notification in the merchant cabinet. Source: https://developers.cloudpayments.ru/#izmenenie-nastroek-uvedomleniy */
export interface NotificationSetting {
  readonly isEnabled: boolean;
  readonly address: string;
  readonly method: 'GET' | 'POST';
}

/** `CloudPaymentsStandInOptions` after parsing. */
export interface StandInConfig {
  readonly publicId: string;
  readonly apiSecret: string;
  readonly format: 'form' | 'json';
  readonly speed: number;
  readonly answerTimeoutMs: number;
  readonly testMode: boolean;
  /** Changed by the API, as in the cabinet. */
  readonly notifications: Map<NotificationType, NotificationSetting>;
}

export function parseStandInOptions(options: CloudPaymentsStandInOptions): StandInConfig {
  const { publicId, apiSecret, speed = 1, answerTimeoutMs = 30_000 } = options;
  requireOption(publicId !== '' && apiSecret !== '', 'publicId and apiSecret must not be empty.');
  requireOption(speed > 0, 'speed has to be above 0.');
  requireOption(answerTimeoutMs > 0, 'answerTimeoutMs has to be above 0.');
  return {
    publicId,
    apiSecret,
    speed,
    answerTimeoutMs,
    format: options.format ?? 'form',
    testMode: options.testMode ?? true,
    notifications: new Map(NOTIFICATION_TYPES.map((type) => [type, firstSetting(options, type)])),
  };
}

function firstSetting({ notificationsUrl, method = 'POST' }: CloudPaymentsStandInOptions, type: NotificationType): NotificationSetting {
  if (notificationsUrl === undefined) return { isEnabled: false, address: '', method };
  return { isEnabled: true, address: `${notificationsUrl.replace(/\/+$/, '')}/${type}`, method };
}

function requireOption(holds: boolean, sentence: string): void {
  if (!holds) throw new OptionsError('ERR_PAYMENTS_OPTIONS', `createCloudPaymentsStandIn: ${sentence}`);
}
