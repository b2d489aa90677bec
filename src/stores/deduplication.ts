/** Tells a delivery from its repetition, across replicas. */
export interface Deduplication {
  /** True for the first to say this key within ten minutes. */
  first(key: string): Promise<boolean>;
}
