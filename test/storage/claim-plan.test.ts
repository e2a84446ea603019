import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { forEachDatabase, query } from '../support/databases.ts';
import { createStores, outcomeOf } from './stores.ts';

const DELIVERED = 500_000;
const DUE = 50_000;
const LIMIT = 20;
const PICK = `SELECT id FROM cloudpayments_delivery WHERE status = 0 AND due_at <= now() AND lost_leases < 3 ORDER BY due_at, id LIMIT ${LIMIT} FOR UPDATE SKIP LOCKED`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

forEachDatabase((kind) => {
  if (kind.client !== 'postgres') return;

  for (const statistics of ['stale', 'fresh']) {
    test(`with ${DELIVERED} delivered and ${DUE} due rows and ${statistics} statistics a claim is a short index scan`, {
      timeout: 60_000,
    }, async (t) => {
      const stores = await createStores(t, await kind.create());
      const fill = (count: number, from: number, status: number) =>
        query(
          stores.address,
          `INSERT INTO cloudpayments_delivery (transaction_id, event, status, due_at, created_at)
           SELECT n, 'payment', ${status}, now() - n * interval '1 second', now() FROM generate_series(${from}, ${from + count - 1}) AS n`,
        );
      await query(stores.address, 'ALTER TABLE cloudpayments_delivery SET (autovacuum_enabled = false)');
      await fill(DELIVERED, 1, 1);
      if (statistics === 'stale') await query(stores.address, 'ANALYZE cloudpayments_delivery');
      await fill(DUE, DELIVERED + 1, 0);
      if (statistics === 'fresh') await query(stores.address, 'ANALYZE cloudpayments_delivery');
      await query(
        stores.address,
        `INSERT INTO cloudpayments_delivery_body (delivery_id, webhook_id, body) SELECT id, 'w' || id, '{}' FROM cloudpayments_delivery WHERE status = 0`,
      );
      const [row] = await query(stores.address, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${PICK}`);
      assert.ok(row);
      // The driver reads the JSON; its shape is PostgreSQL's promise.
      const [{ Plan: plan }] = row['QUERY PLAN'] as [{ Plan: PlanNode }];
      const nodes = nodesOf(plan);
      assert.ok(
        nodes.some((node) => node['Index Name'] === 'cloudpayments_delivery_due'),
        JSON.stringify(plan),
      );
      assert.ok(nodes.every((node) => node['Actual Rows'] <= LIMIT && (node['Rows Removed by Filter'] ?? 0) <= LIMIT));
      const blocks = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      assert.ok(blocks <= 10 * LIMIT, `${blocks} blocks`);
      const startedOn = performance.now();
      // More than five times, so that PostgreSQL turns to a general plan of the prepared statement.
      for (let round = 0; round < 20; round++) {
        const claimed = await stores.deliveries.claim({ kind: 'due', limit: LIMIT, lease: randomUUID(), leaseMs: 60_000 });
        assert.equal(claimed.length, LIMIT);
        await stores.deliveries.complete(
          claimed.map((one) => outcomeOf(one, 'delivered')),
          [],
        );
      }
      const eachMs = (performance.now() - startedOn) / 40;
      assert.ok(eachMs < 25, `${eachMs} ms for a claim or a completion`);
      t.diagnostic(`${blocks} blocks, ${eachMs.toFixed(2)} ms for a claim or a completion`);
    });
  }
});
