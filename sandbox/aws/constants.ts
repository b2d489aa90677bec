/** What every world of the sandbox shares. */
export const accountId = '000011112222';
export const region = 'ap-southeast-1';
export const project = 'd2-ride-booking';

export const subnets = ['subnet-0a11d2dev0000000a', 'subnet-0b22d2dev0000000b'] as const;
export const vpc = 'vpc-0d2dev00000000001';

export const auditGroup = '/d2/chatops/audit';
export const table = 'd2-chatops';
export const masterSecret = 'd2-ride-booking-dev-rds-master';
export const masterPassword = 'not-a-real-one-In-The-Sandbox-1';
