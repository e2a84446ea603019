export { ACKNOWLEDGED, checkAnswer } from './acknowledge.ts';
export { CloudPaymentsApi } from './api-client.ts';
export { CLOUDPAYMENTS_CURRENCIES } from './currencies.ts';
export { hasEvidenceOfAuthorisation, refuseOtherTypesAtCancel, refuseWhatIsNoPayment } from './evidence.ts';
export { formatOf, parseNotification, readFields } from './parse.ts';
export { type SignedMessage, verifySignature } from './signature.ts';
