/** Answers kept for Share and Details, ten minutes; JSON that is redacted already. */
export interface ReplyStore {
  keep(id: string, json: string): Promise<void>;
  find(id: string): Promise<string | undefined>;
}
