import type { Request } from 'express';

/** Path of CashU's page, as its real one ends. */
export const CASHU_PATH = '/cashu/cgi-bin/payment/pcashu.cgi';

/** Where browsers reach the stand-in. */
export class Whereabouts {
  readonly #publicUrl: string | undefined;
  #lastAsked = '';

  constructor(publicUrl: string | undefined) {
    this.#publicUrl = publicUrl;
  }

  /** Without a slash at the end; empty as long as nobody has told. */
  get url(): string {
    return this.#publicUrl ?? this.#lastAsked;
  }

  /** CashU's page, to which a site sends its payer with a POST form. */
  get cashuUrl(): string {
    return `${this.url}${CASHU_PATH}`;
  }

  /** For requests that come straight to the mounted router. */
  learnFrom(request: Request): void {
    this.#lastAsked = `${request.protocol}://${request.get('host') ?? ''}${request.baseUrl}`;
  }

  /** From the address of its Payment Page. */
  learnFromPaymentPage(address: string): void {
    const { origin, pathname } = new URL(address);
    this.#lastAsked = `${origin}${pathname.replace(/\/payment$/, '')}`;
  }

  /** A whole address for a path of the stand-in; whole ones stay. */
  whole(address: string): string {
    return address.startsWith('/') ? `${this.url}${address}` : address;
  }
}
