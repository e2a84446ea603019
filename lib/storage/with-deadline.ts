/** A statement that takes longer counts as lost, long before TCP gives up a connection that nobody answers. */
export const STATEMENT_TIMEOUT_MS = 5_000;

/** Rejects as a lost connection does when the database gives no answer in time. What was sent may still happen. */
export async function withDeadline<T>(work: Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    const late = () => reject(Object.assign(new Error('no answer from the database in time'), { code: 'ETIMEDOUT' }));
    const timer = setTimeout(late, STATEMENT_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
