import type { Knex } from 'knex';
import { type ColumnKinds, columnKinds } from './columns.ts';
import { createIndex, createTable } from './create-table.ts';

export async function up(knex: Knex): Promise<void> {
  const kinds = columnKinds(knex);
  await createTable(knex, 'cloudpayments_cashu_payment', (table) => payments(table, kinds));
  await createTable(knex, 'cloudpayments_cashu_refund', (table) => refunds(table, kinds));
  for (const statement of indexes(kinds)) await createIndex(knex, statement);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('cloudpayments_cashu_refund');
  await knex.schema.dropTableIfExists('cloudpayments_cashu_payment');
}

function payments(table: Knex.CreateTableBuilder, { text, money, moment, due, flag }: ColumnKinds): void {
  table.bigIncrements('id');
  table.string('payment_id', 64).notNullable();
  text(table, 'account').notNullable();
  money(table, 'sum').notNullable();
  table.string('currency', 3).notNullable();
  text(table, 'description').notNullable();
  table.string('status', 24).notNullable();
  table.string('flow', 16).notNullable();
  table.string('review', 32);
  money(table, 'paid_sum');
  table.string('paid_currency', 3);
  money(table, 'refunded_sum').notNullable().defaultTo(0);
  table.string('order_id', 128);
  table.string('operation_code', 16);
  text(table, 'operation_message');
  // What the pages need.
  table.string('ip', 64).notNullable();
  table.string('language', 2).notNullable();
  text(table, 'success_url');
  text(table, 'fail_url');
  text(table, 'page_query').notNullable();
  text(table, 'redirect');
  // What the watcher needs.
  flag(table, 'is_known').notNullable().defaultTo(0);
  table.integer('questions').notNullable().defaultTo(0);
  due(table, 'check_at');
  table.integer('checks').notNullable().defaultTo(0);
  moment(table, 'created_at').notNullable();
  moment(table, 'paid_at');
}

function refunds(table: Knex.CreateTableBuilder, { text, money, moment, due, flag }: ColumnKinds): void {
  table.bigIncrements('id');
  table.string('refund_id', 64).notNullable();
  table.string('payment_id', 64).notNullable();
  money(table, 'amount').notNullable();
  table.string('status', 16).notNullable();
  text(table, 'description').notNullable();
  flag(table, 'is_ours').notNullable();
  flag(table, 'is_accepted').notNullable().defaultTo(0);
  table.string('request_id', 128);
  table.string('operation_id', 64);
  table.string('operation_code', 16);
  text(table, 'operation_message');
  due(table, 'check_at');
  table.integer('checks').notNullable().defaultTo(0);
  moment(table, 'created_at').notNullable();
  moment(table, 'finished_at');
}

function indexes({ isMysql }: ColumnKinds): readonly string[] {
  const watched = isMysql ? '' : ' WHERE check_at IS NOT NULL';
  return [
    'CREATE UNIQUE INDEX cloudpayments_cashu_payment_unique ON cloudpayments_cashu_payment (payment_id)',
    'CREATE UNIQUE INDEX cloudpayments_cashu_refund_unique ON cloudpayments_cashu_refund (refund_id)',
    'CREATE INDEX cloudpayments_cashu_refund_payment ON cloudpayments_cashu_refund (payment_id)',
    `CREATE INDEX cloudpayments_cashu_payment_check ON cloudpayments_cashu_payment (check_at)${watched}`,
    `CREATE INDEX cloudpayments_cashu_refund_check ON cloudpayments_cashu_refund (check_at)${watched}`,
    'CREATE INDEX cloudpayments_cashu_payment_paid ON cloudpayments_cashu_payment (paid_at)',
    'CREATE INDEX cloudpayments_cashu_refund_finished ON cloudpayments_cashu_refund (finished_at)',
  ];
}
