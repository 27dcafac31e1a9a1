/** An instrument that may not be traded. */
export interface Restricted {
  readonly instrumentId: string;
  readonly setAt: Date;
  readonly setBy: string;
}
