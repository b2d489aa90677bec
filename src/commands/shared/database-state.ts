/** What a state of RDS means for those who want to use, start or stop the database. */
export interface DatabaseState {
  /** `serving` takes queries, `busy` will by itself, `broken` will not before somebody mends it. */
  kind: 'serving' | 'busy' | 'stopping' | 'stopped' | 'broken';
  /** Serves, and is at something of RDS's own for hours, all the while refusing to be stopped. */
  lasting?: true;
  /** Of a broken one. */
  means?: string;
  next?: string;
}

const serving: DatabaseState = { kind: 'serving' };
const lasting: DatabaseState = { kind: 'serving', lasting: true };
const broken = (means: string, next: string): DatabaseState => ({ kind: 'broken', means, next });

// RDS User Guide, “Viewing DB instance status”; what stands nowhere here passes, as all others there do.
const states = new Map<string, DatabaseState>([
  ['available', serving],
  ['backing-up', serving],
  ['configuring-enhanced-monitoring', serving],
  ['configuring-iam-database-auth', serving],
  ['configuring-log-exports', serving],
  ['delete-precheck', serving],
  ['modifying', serving],
  ['resetting-master-credentials', serving],
  ['storage-config-upgrade', lasting],
  ['storage-initialization', lasting],
  ['storage-optimization', lasting],
  ['stopped', { kind: 'stopped' }],
  ['stopping', { kind: 'stopping' }],
  ['deleting', broken('it is being deleted', 'Terraform makes another one: terraform apply.')],
  [
    'failed',
    broken('RDS could not make it work', 'Restore it to a point in time, or from its last snapshot.'),
  ],
  [
    'inaccessible-encryption-credentials',
    broken(
      'its KMS key can’t be used, and RDS has given it up',
      'Enable the key, then restore it from a backup.',
    ),
  ],
  [
    'inaccessible-encryption-credentials-recoverable',
    broken(
      'its KMS key can’t be used',
      'Enable the key or its grant within seven days, then `aws rds start-db-instance`.',
    ),
  ],
  [
    'incompatible-create',
    broken(
      'its settings don’t fit each other',
      'See its events in the RDS console, mend them in Terraform, then terraform apply.',
    ),
  ],
  [
    'incompatible-network',
    broken(
      'RDS can’t place it in its network: no free address, or a subnet or security group that is gone',
      'Free addresses in its subnets, or mend its subnet group, then `aws rds start-db-instance`.',
    ),
  ],
  [
    'incompatible-option-group',
    broken(
      'its option group does not fit it',
      'Take back the last change of its option group, by Terraform.',
    ),
  ],
  [
    'incompatible-parameters',
    broken(
      'its parameter group does not fit its class or engine, so it can’t start',
      'Reset what was changed in its parameter group, then `aws rds reboot-db-instance`.',
    ),
  ],
  [
    'incompatible-restore',
    broken('RDS can’t restore to that point in time', 'Restore to another point, or from a snapshot.'),
  ],
  [
    'insufficient-capacity',
    broken(
      'AWS has no capacity for its class in its zone',
      'Try again later; if it stays so, another class or zone, by Terraform.',
    ),
  ],
  ['restore-error', broken('its restore failed', 'Restore it again, or from another snapshot.')],
  [
    'storage-full',
    broken(
      'its storage is full, so it takes no queries',
      'Give it more: allocated_storage in Terraform, then terraform apply.',
    ),
  ],
]);

export const databaseState = (state: string): DatabaseState => states.get(state) ?? { kind: 'busy' };

/** Stopped, or on the way to it. */
export const isOff = ({ kind }: DatabaseState): boolean => kind === 'stopped' || kind === 'stopping';

/** `incompatible-network: RDS can’t place it …`; the bare state where that says all. */
export function stateText(state: string): string {
  const { means } = databaseState(state);
  return means === undefined ? state : `${state}: ${means}`;
}
