import express, { type Request, type Router } from 'express';
import { NOTIFICATION_TYPES, type NotificationType } from '../../domain/notification.ts';
import type { NotificationSetting, StandInConfig } from './stand-in-options.ts';

/** The notifications of the cabinet. Source: https://developers.cloudpayments.ru/#izmenenie-nastroek-uvedomleniy */
export function notificationSettingRoutes({ notifications }: StandInConfig): Router {
  const router = express.Router();
  router.post('/:type/get', (request, response) => {
    const setting = settingOf(notifications, request.params.type);
    response.json(setting === undefined ? unknownType() : { Success: true, Message: null, Model: settingModel(setting.value) });
  });
  router.post('/:type/update', (request, response) => {
    const setting = settingOf(notifications, request.params.type);
    // Check is the one type that the real API does not change.
    if (setting === undefined || setting.type === 'check') return void response.json(unknownType());
    notifications.set(setting.type, changedSetting(setting.value, request));
    response.json({ Success: true, Message: null });
  });
  return router;
}

function settingOf(
  notifications: StandInConfig['notifications'],
  name: string,
): { readonly type: NotificationType; readonly value: NotificationSetting } | undefined {
  const type = NOTIFICATION_TYPES.find((each) => each === name.toLowerCase());
  const value = type === undefined ? undefined : notifications.get(type);
  return type === undefined || value === undefined ? undefined : { type, value };
}

function unknownType(): object {
  return { Success: false, Message: 'Unknown type of notification' };
}

function settingModel({ isEnabled, address, method }: NotificationSetting): object {
  return { IsEnabled: isEnabled, Address: address === '' ? null : address, HttpMethod: method, Encoding: 'UTF8', Format: 'CloudPayments' };
}

/** What is left out falls back to the defaults of the API, of which the method is GET. */
function changedSetting(setting: NotificationSetting, request: Request): NotificationSetting {
  const { IsEnabled, Address, HttpMethod } = Object(request.body);
  return {
    isEnabled: IsEnabled === true || IsEnabled === 'true',
    address: typeof Address === 'string' ? Address : setting.address,
    method: HttpMethod === 'POST' ? 'POST' : 'GET',
  };
}
