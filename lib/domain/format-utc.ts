/** `YYYY-MM-DD HH:MM:SS` in UTC. */
export function formatUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD HH:MM:SS.mmm` in UTC. */
export function formatUtcMs(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}
