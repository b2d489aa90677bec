/** A call that only reads: independent reads run at once and end at the signal. */
export interface Call {
  signal: AbortSignal;
}

/** A call that changes something: sent once, never retried by the SDK, with the operation's id in it. Throws `OutcomeUnknown` when its answer was lost. */
export interface ChangeCall extends Call {
  operation: string;
}
