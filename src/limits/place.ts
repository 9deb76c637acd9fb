/** A place in the queue. */
export interface Place {
  readonly id: string;
  readonly cost: number;
  /** Of a holder who will come back; `undefined` for one who stays. */
  readonly reservation: Reservation | undefined;
}

/** When a place that is kept may be used. */
export interface Reservation {
  readonly notBeforeMs: number;
  readonly expiresMs: number;
}
