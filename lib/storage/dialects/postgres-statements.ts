/**
 * One round trip each: a statement with arrays, prepared by name. Knex's builder costs a third of the rate here.
 * `due_at` is both the due time and the end of a lease.
 */

/** Everything that a batch of requests stores, in one statement and so in one transaction. */
export const RECORD = `
WITH log AS (
  INSERT INTO cloudpayments_http_log (ip, url, method, headers, body, response_status, error, created_at)
  SELECT ip, url, method, headers::json, body, response_status, error, to_timestamp(at / 1000.0)
    FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::float8[])
      AS l (ip, url, method, headers, body, response_status, error, at)
), news AS MATERIALIZED (
  SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::numeric[], ?::text[], ?::text[], ?::int2[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
      ?::float8[], ?::float8[], ?::int2[], ?::text[], ?::text[])
    AS t (provider, code, account, sum, currency, state, test_mode, review, invoice_id, subscription_id, description, reference,
      created, received, status, webhook_id, body_tail)
), trx AS (
  INSERT INTO cloudpayments_transaction (provider, code, account, sum, currency, state, test_mode, review, invoice_id, subscription_id, description,
      reference, created_at, received_at, status)
  SELECT provider, code, account, sum, currency, state, test_mode, review, invoice_id, subscription_id, description,
      reference, to_timestamp(created / 1000.0), to_timestamp(received / 1000.0), status
    FROM news
  ON CONFLICT (provider, code) DO NOTHING
  RETURNING id, provider, code
), note AS (
  INSERT INTO cloudpayments_notification (provider, type, external_id, payment_code, digest, fields, test_mode, applied, outcome, received_at)
  SELECT n.provider, n.type, n.external_id, n.payment_code, n.digest, n.fields::json, n.test_mode,
      CASE WHEN n.applied = 1 AND news.code IS NOT NULL AND trx.code IS NULL THEN 0 ELSE n.applied END, n.outcome, to_timestamp(n.received / 1000.0)
    FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int2[], ?::int2[], ?::text[], ?::float8[])
      AS n (provider, type, external_id, payment_code, digest, fields, test_mode, applied, outcome, received)
    LEFT JOIN news ON n.type = 'pay' AND news.provider = n.provider AND news.code = n.payment_code
    LEFT JOIN trx ON trx.provider = news.provider AND trx.code = news.code
  ON CONFLICT (provider, type, external_id) DO NOTHING
  RETURNING provider, type, external_id
), due AS (
  INSERT INTO cloudpayments_delivery (transaction_id, event, event_key, due_at, created_at)
  SELECT trx.id, 'payment', '', now(), now() FROM trx JOIN news USING (provider, code) WHERE news.body_tail IS NOT NULL
  RETURNING id, transaction_id
), body AS (
  INSERT INTO cloudpayments_delivery_body (delivery_id, webhook_id, body)
  SELECT due.id, news.webhook_id, '{"id":"' || trx.id || '"' || news.body_tail
    FROM due JOIN trx ON trx.id = due.transaction_id JOIN news USING (provider, code)
)
SELECT provider, type, external_id AS key FROM note
UNION ALL SELECT provider, NULL, code FROM trx
UNION ALL SELECT provider, '', code FROM trx WHERE EXISTS (
  SELECT 1 FROM cloudpayments_notification n WHERE n.provider = trx.provider AND n.payment_code = trx.code AND n.applied = 0)`;

function claim(picked: string): string {
  return `
WITH picked AS MATERIALIZED (${picked} FOR UPDATE SKIP LOCKED), claimed AS (
  UPDATE cloudpayments_delivery d
     SET due_at = now() + ?::int * interval '1 millisecond', lost_leases = d.lost_leases + (d.lease IS NOT NULL)::int, lease = ?::uuid, claims = d.claims + 1
   WHERE d.id = ANY (ARRAY (SELECT id FROM picked))
  RETURNING d.id, d.transaction_id, d.event, d.failures, d.lost_leases)
SELECT claimed.*, b.webhook_id, b.body FROM claimed JOIN cloudpayments_delivery_body b ON b.delivery_id = claimed.id`;
}

export const CLAIM: Readonly<Record<'due' | 'suspect' | 'probe', string>> = {
  due: claim(
    'SELECT id FROM cloudpayments_delivery WHERE status = 0 AND due_at <= now() AND lost_leases < ? ORDER BY due_at, id LIMIT ?::int',
  ),
  suspect: claim(
    'SELECT id FROM cloudpayments_delivery WHERE status = 0 AND due_at <= now() AND lost_leases >= ? ORDER BY due_at, id LIMIT ?::int',
  ),
  probe: claim(
    'SELECT id FROM cloudpayments_delivery WHERE status = 0 AND (lease IS NULL OR due_at <= now()) ORDER BY failures, due_at, id LIMIT ?::int',
  ),
};

/**
 * Fenced by id and lease only: with a condition on status the planner may walk the partial index of all that is pending.
 */
export const COMPLETE = `
WITH o AS MATERIALIZED (
  SELECT * FROM unnest(?::bigint[], ?::uuid[], ?::int2[], ?::float8[], ?::int[], ?::text[], ?::int2[])
    AS o (id, lease, kind, delay, last_status, last_error, completes)
), done AS (
  UPDATE cloudpayments_delivery d
     SET status = CASE WHEN o.kind = 1 THEN 1 ELSE 0 END,
         lease = NULL,
         lost_leases = CASE WHEN o.kind = 3 THEN d.lost_leases ELSE 0 END,
         due_at = now() + o.delay * interval '1 millisecond',
         failures = CASE o.kind WHEN 1 THEN 0 WHEN 2 THEN d.failures + 1 ELSE d.failures END,
         last_status = CASE WHEN o.kind = 3 THEN d.last_status ELSE o.last_status END,
         last_error = CASE WHEN o.kind = 3 THEN d.last_error ELSE o.last_error END,
         delivered_at = CASE WHEN o.kind = 1 THEN now() ELSE d.delivered_at END
    FROM o
   WHERE d.id = ANY (?::bigint[]) AND d.id = o.id AND d.lease = o.lease
  RETURNING d.id, d.transaction_id, o.kind, o.completes
), trx AS (
  UPDATE cloudpayments_transaction SET status = 1
   WHERE id = ANY (ARRAY (SELECT transaction_id FROM done WHERE kind = 1 AND completes = 1))
), log AS (
  INSERT INTO cloudpayments_webhook_log (delivery_id, transaction_id, url, request_headers, request_body, response_status, response_headers, response_body,
      error, duration_ms, lease, created_at)
  SELECT delivery_id, transaction_id, url, request_headers, request_body, response_status, response_headers, response_body,
      error, duration_ms, lease, to_timestamp(at / 1000.0)
    FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::float8[])
      AS a (delivery_id, transaction_id, url, request_headers, request_body, response_status, response_headers, response_body, error, duration_ms, lease, at)
)
SELECT id FROM done`;
