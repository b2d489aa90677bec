/** How long steps took of late, in seconds, so that a waiting person learns what is usual. */
export interface Timings {
  /** Newest last, by `<command>/<step id>`. */
  usual(env: string): Promise<Record<string, number[]>>;
  learn(env: string, step: string, seconds: number): Promise<void>;
}
