import type { Knex } from 'knex';
import { type ColumnKinds, columnKinds } from './columns.ts';
import { createIndex, createTable } from './create-table.ts';

const TABLES = [
  'cloudpayments_http_log',
  'cloudpayments_transaction',
  'cloudpayments_notification',
  'cloudpayments_delivery',
  'cloudpayments_delivery_body',
  'cloudpayments_webhook_log',
  'cloudpayments_endpoint',
  'cloudpayments_paid_order',
] as const;

export async function up(knex: Knex): Promise<void> {
  const kinds = columnKinds(knex);
  await createTable(knex, 'cloudpayments_http_log', (table) => httpLog(table, kinds));
  await createTable(knex, 'cloudpayments_transaction', (table) => transactions(table, kinds));
  await createTable(knex, 'cloudpayments_notification', (table) => notifications(table, kinds));
  await createTable(knex, 'cloudpayments_delivery', (table) => deliveries(table, kinds));
  await createTable(knex, 'cloudpayments_delivery_body', (table) => deliveryBodies(table, kinds));
  await createTable(knex, 'cloudpayments_webhook_log', (table) => webhookLog(table, kinds));
  await createTable(knex, 'cloudpayments_endpoint', (table) => endpoints(table, kinds));
  await createTable(knex, 'cloudpayments_paid_order', (table) => {
    table.string('order_id', 128).primary();
    table.bigInteger('transaction_id').notNullable();
  });
  for (const statement of indexes(kinds)) await createIndex(knex, statement);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [...TABLES].reverse()) await knex.schema.dropTableIfExists(table);
}

function httpLog(table: Knex.CreateTableBuilder, { text, json, moment }: ColumnKinds): void {
  table.bigIncrements('id');
  table.string('ip', 64);
  text(table, 'url').notNullable();
  table.string('method', 16).notNullable();
  json(table, 'headers');
  text(table, 'body');
  table.integer('response_status');
  table.string('error', 64);
  moment(table, 'created_at').notNullable();
}

function transactions(table: Knex.CreateTableBuilder, { text, money, moment, flag }: ColumnKinds): void {
  table.bigIncrements('id');
  text(table, 'account').notNullable();
  table.string('code', 64).notNullable();
  money(table, 'sum').notNullable();
  flag(table, 'status').notNullable().defaultTo(0);
  moment(table, 'created_at').notNullable();
  table.string('provider', 16).notNullable().defaultTo('cloudpayments');
  table.string('currency', 3).notNullable();
  table.string('state', 24).notNullable().defaultTo('paid');
  money(table, 'refunded_sum').notNullable().defaultTo(0);
  flag(table, 'test_mode').notNullable().defaultTo(0);
  table.string('review', 32);
  text(table, 'invoice_id');
  text(table, 'subscription_id');
  text(table, 'description');
  table.string('reference', 64);
  moment(table, 'received_at').notNullable();
}

function notifications(table: Knex.CreateTableBuilder, { json, moment, flag }: ColumnKinds): void {
  table.bigIncrements('id');
  table.string('provider', 16).notNullable();
  table.string('type', 16).notNullable();
  table.string('external_id', 128).notNullable();
  table.string('payment_code', 64);
  table.string('digest', 128).notNullable();
  json(table, 'fields').notNullable();
  flag(table, 'test_mode').notNullable();
  flag(table, 'applied').notNullable();
  table.string('outcome', 64);
  moment(table, 'received_at').notNullable();
}

function deliveries(table: Knex.CreateTableBuilder, { text, due, moment, flag }: ColumnKinds): void {
  table.bigIncrements('id');
  table.bigInteger('transaction_id').notNullable();
  table.string('event', 16).notNullable();
  table.string('event_key', 64).notNullable().defaultTo('');
  flag(table, 'status').notNullable().defaultTo(0);
  due(table, 'due_at').notNullable();
  table.uuid('lease');
  table.integer('claims').notNullable().defaultTo(0);
  table.integer('failures').notNullable().defaultTo(0);
  table.integer('lost_leases').notNullable().defaultTo(0);
  table.integer('last_status');
  text(table, 'last_error');
  moment(table, 'delivered_at');
  moment(table, 'created_at').notNullable();
}

function deliveryBodies(table: Knex.CreateTableBuilder, { text }: ColumnKinds): void {
  table.bigInteger('delivery_id').primary();
  table.string('webhook_id', 128).notNullable();
  text(table, 'body').notNullable();
}

function webhookLog(table: Knex.CreateTableBuilder, { text, moment }: ColumnKinds): void {
  table.bigIncrements('id');
  table.bigInteger('delivery_id').notNullable();
  table.bigInteger('transaction_id').notNullable();
  text(table, 'url').notNullable();
  text(table, 'request_headers');
  text(table, 'request_body');
  table.integer('response_status');
  text(table, 'response_headers');
  text(table, 'response_body');
  text(table, 'error');
  table.integer('duration_ms').notNullable();
  table.string('lease', 36);
  moment(table, 'created_at').notNullable();
}

function endpoints(table: Knex.CreateTableBuilder, { flag, due }: ColumnKinds): void {
  table.string('name', 64).primary();
  table.integer('failures').notNullable().defaultTo(0);
  flag(table, 'is_open').notNullable().defaultTo(0);
  table.integer('probes').notNullable().defaultTo(0);
  due(table, 'probe_at');
}

/**
 * Statements of their own, also where they are the rules of a table: Knex would add them after the table by itself, and a run that was
 * interrupted in between would never be made good.
 * Partial where the database can: the index of what is pending stays small however much is done.
 */
function indexes({ isMysql, isSqlite }: ColumnKinds): readonly string[] {
  const always = [
    'CREATE UNIQUE INDEX cloudpayments_transaction_code_unique ON cloudpayments_transaction (provider, code)',
    'CREATE UNIQUE INDEX cloudpayments_notification_unique ON cloudpayments_notification (provider, type, external_id)',
    'CREATE UNIQUE INDEX cloudpayments_delivery_unique ON cloudpayments_delivery (transaction_id, event, event_key)',
    'CREATE INDEX cloudpayments_transaction_reference ON cloudpayments_transaction (reference)',
    'CREATE INDEX cloudpayments_http_log_created ON cloudpayments_http_log (created_at)',
    'CREATE INDEX cloudpayments_webhook_log_created ON cloudpayments_webhook_log (created_at)',
    'CREATE INDEX cloudpayments_webhook_log_transaction ON cloudpayments_webhook_log (transaction_id)',
  ];
  if (isMysql) {
    return [
      ...always,
      'CREATE INDEX cloudpayments_delivery_due ON cloudpayments_delivery (status, due_at, id)',
      'CREATE INDEX cloudpayments_delivery_lease ON cloudpayments_delivery (lease)',
      'CREATE INDEX cloudpayments_notification_pending ON cloudpayments_notification (applied, provider, payment_code)',
      'CREATE INDEX cloudpayments_transaction_account ON cloudpayments_transaction (account(64))',
    ];
  }
  return [
    ...always,
    'CREATE INDEX cloudpayments_delivery_due ON cloudpayments_delivery (due_at, id) WHERE status = 0',
    'CREATE INDEX cloudpayments_notification_pending ON cloudpayments_notification (provider, payment_code) WHERE applied = 0',
    // An account may be of any length, a B-tree entry of PostgreSQL may not.
    `CREATE INDEX cloudpayments_transaction_account ON cloudpayments_transaction ${isSqlite ? '' : 'USING hash '}(account)`,
  ];
}
