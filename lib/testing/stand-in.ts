import type { Router } from 'express';

/** A company of the payment world, played on the own machine. Each provider has one of this shape. */
export interface StandIn<Control> {
  /** Mount it anywhere, in the same process or on a server of its own: `app.use('/_sandbox_/cloudpayments', standIn.router)`. */
  readonly router: Router;
  /** The hand of a test or a person on what happens. */
  readonly control: Control;
  /** Stops everything that is still to be sent. May be called often. */
  close(): void;
}
