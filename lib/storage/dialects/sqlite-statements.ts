/** One row at a time: better-sqlite3 runs them without a round trip, and keeps them prepared. */
export const SQL = {
  log: `INSERT INTO cloudpayments_http_log (ip, url, method, headers, body, response_status, error, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  transaction: `INSERT INTO cloudpayments_transaction (provider, code, account, sum, currency, state, test_mode, review, invoice_id, subscription_id,
      description, reference, created_at, received_at, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, code) DO NOTHING`,
  notification: `INSERT INTO cloudpayments_notification (provider, type, external_id, payment_code, digest, fields, test_mode, applied, outcome, received_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, type, external_id) DO NOTHING`,
  awaited: `SELECT 1 FROM cloudpayments_notification WHERE provider = ? AND payment_code = ? AND applied = 0 LIMIT 1`,
  delivery: `INSERT INTO cloudpayments_delivery (transaction_id, event, event_key, due_at, created_at) VALUES (?, ?, ?, ?, ?)`,
  body: `INSERT INTO cloudpayments_delivery_body (delivery_id, webhook_id, body) VALUES (?, ?, ?)`,
  readBody: `SELECT webhook_id, body FROM cloudpayments_delivery_body WHERE delivery_id = ?`,
  attempt: `INSERT INTO cloudpayments_webhook_log (delivery_id, transaction_id, url, request_headers, request_body, response_status, response_headers,
      response_body, error, duration_ms, lease, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  delivered: `UPDATE cloudpayments_delivery SET status = 1, lease = NULL, lost_leases = 0, failures = 0, last_status = ?, last_error = ?, delivered_at = ?
      WHERE id = ? AND lease = ?`,
  failed: `UPDATE cloudpayments_delivery SET lease = NULL, lost_leases = 0, failures = failures + 1, last_status = ?, last_error = ?, due_at = ?
      WHERE id = ? AND lease = ?`,
  returned: `UPDATE cloudpayments_delivery SET lease = NULL, due_at = ? WHERE id = ? AND lease = ?`,
  completed: `UPDATE cloudpayments_transaction SET status = 1 WHERE id = ?`,
} as const;

/** Which deliveries a claim takes. */
export const PICK = {
  due: 'status = 0 AND due_at <= @now AND lost_leases < @suspects ORDER BY due_at, id',
  suspect: 'status = 0 AND due_at <= @now AND lost_leases >= @suspects ORDER BY due_at, id',
  probe: 'status = 0 AND (lease IS NULL OR due_at <= @now) AND @suspects > 0 ORDER BY failures, due_at, id',
} as const;
