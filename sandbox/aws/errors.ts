/** A refusal by AWS: `code` as the service names it. `applied` when it was done nevertheless: the ledger keeps it then. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly applied: boolean;
  constructor(code: string, message: string, status = 400, { applied = false } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.applied = applied;
  }
}
