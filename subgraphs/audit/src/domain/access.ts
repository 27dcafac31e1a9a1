/** Accesses as they are told by the router, and where what is known of a client is sealed: under a key of the person and the month, so that it can go when it is old, or with the person. */

export interface Access {
  readonly kind: 'MUTATION' | 'REFUSED';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly correlationId: string;
  readonly organizationId: string | null;
  readonly actor: string | null;
  readonly operation: { readonly kind: string; readonly name: string | null; readonly hash: string } | null;
  readonly codes: readonly string[];
  readonly count: number;
  readonly client: Client;
}

export interface Client {
  /** What the program calls itself. */
  readonly name: string;
  readonly version: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** http, websocket, … */
  readonly via: string;
}

/** Whose chain records what belongs to no organisation: requests of nobody who is known. Read at the command line alone. */
export const PLATFORM = 'platform';
export const NOBODY = 'anonymous';

/** `usr_…/2026-11`. */
export const clientKeyOf = (actor: string, at: Date): string => `${actor}/${at.toISOString().slice(0, 7)}`;

/** What a client's sealed text is called: it opens in its own entry alone. */
export const clientName = (eventId: string): string => `client ${eventId}`;
