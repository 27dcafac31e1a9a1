/** What one client of the load has made, and changes alone. */
export interface OwnTrade { readonly id: string; readonly quantity: number; amendments: number; cancelled: boolean }

export interface Own {
  readonly name: string;
  readonly instrumentId: string;
  /** A weekday that is not in the future. */
  readonly day: string;
  /** Trades are captured in it. */
  readonly trading: string;
  /** Cash is paid in and nothing else moves it. */
  readonly savings: string;
  /** It is renamed, again and again. */
  readonly renamed: string;
  readonly trades: OwnTrade[];
  names: number;
}
