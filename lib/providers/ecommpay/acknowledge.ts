/** Any 200 ends the repeats; the body is free. Source: https://developers.ecommpay.com/en/en_PP_Callbacks.html */
export const ACKNOWLEDGED = { status: 'ok' } as const;
