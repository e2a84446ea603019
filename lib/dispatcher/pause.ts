/**
 * A sleep that others can end, and that keeps no process alive. A call of `end` while nobody sleeps ends the next one at once: no wake-up
 * is lost.
 */
export class Pause {
  #end: (() => void) | undefined;
  #isOwed = false;

  async sleep(ms: number): Promise<void> {
    if (this.#isOwed) {
      this.#isOwed = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = undefined;
  }

  end(): void {
    if (this.#end === undefined) this.#isOwed = true;
    else this.#end();
  }
}
