/** A sleep that others can end. A call of `end` while nobody sleeps ends the next one at once: no wake-up is lost. */
export class Pause {
  readonly #keepsProcessAlive: boolean;
  #end: (() => void) | undefined;
  #isOwed = false;

  constructor(keepsProcessAlive: boolean) {
    this.#keepsProcessAlive = keepsProcessAlive;
  }

  async sleep(ms: number): Promise<void> {
    if (this.#isOwed) {
      this.#isOwed = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (!this.#keepsProcessAlive) timer.unref();
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
