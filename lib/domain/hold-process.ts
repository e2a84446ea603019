const FAR_FUTURE_MS = 2_147_483_647;

/** Keeps the process alive until the work is done: idle database connections do not, so that a finished program can end. */
export async function holdProcess<T>(work: Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, FAR_FUTURE_MS);
  try {
    return await work;
  } finally {
    clearInterval(hold);
  }
}
