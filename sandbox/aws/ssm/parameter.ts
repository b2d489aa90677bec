export interface Version {
  number: number;
  value: string;
  type: string;
  description: string;
  allowedPattern: string;
  keyId: string;
  tier: string;
  at: Date;
}

export interface Parameter {
  name: string;
  /** Oldest first; never empty. */
  versions: Version[];
  tags: Map<string, string>;
}
