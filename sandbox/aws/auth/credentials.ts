import { randomBytes } from 'node:crypto';
import { instances } from '../world.ts';
import { accountId, type Principal, type Principals, principals } from './authenticate.ts';

const [backend] = instances;
/** The role of the backend's instance profile, which is named as the instance is. */
export const roleName = backend.tags.Name;

const lifetimeMs = 3_600_000;
const renewalMs = 600_000;

/** Temporary credentials of the instance's role, as its metadata service hands them out. */
export interface Issued extends Principal {
  sessionToken: string;
  issuedAt: Date;
  expiresAt: Date;
}

export interface Credentials extends Principals {
  /** The role's credentials of now: for one hour, and new ones once less than ten minutes of it are left. */
  current(): Issued;
}

/**
 * The account's keys: those of its people, and those that it issues to the instance. Issued ones live on real time,
 * however the account's clock is turned: whoever uses them judges their expiry by a clock of its own.
 */
export function createCredentials(): Credentials {
  const issued: Issued[] = [];

  function issue(): Issued {
    const now = Date.now();
    const one: Issued = {
      name: roleName,
      accessKeyId: `ASIA${base32(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(192).toString('base64'),
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${backend.id}`,
      issuedAt: new Date(now),
      expiresAt: new Date(now + lifetimeMs),
    };
    issued.push(one);
    return one;
  }

  return {
    current() {
      const last = issued.at(-1);
      return last && last.expiresAt.getTime() - Date.now() >= renewalMs ? last : issue();
    },
    credentialOf(accessKeyId) {
      const found = [...principals, ...issued].find((one) => one.accessKeyId === accessKeyId);
      if (!found?.expiresAt) return found;
      return { ...found, expired: found.expiresAt.getTime() <= Date.now() };
    },
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base32 = (length: number): string =>
  [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
