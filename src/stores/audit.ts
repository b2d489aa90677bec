import type { OperationRecord } from './operation-record.ts';

/** The audit trail: append-only; resolves only once the event was accepted. */
export interface AuditLog {
  record(event: AuditEvent): Promise<void>;
}

export interface AuditEvent {
  event: 'intent' | 'outcome' | 'refusal' | 'reconciliation' | 'cancel';
  operation: string;
  command: string;
  args: OperationRecord['args'];
  env: string;
  caller: { id: string; name: string; surface: string };
  at: string;
  outcome?: string;
  targets?: readonly string[];
  calls?: readonly string[];
  steps?: readonly { title: string; instance?: string; state: string; seconds?: number }[];
  reason?: string;
}
