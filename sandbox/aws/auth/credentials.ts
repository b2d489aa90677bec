import { randomBytes } from 'node:crypto';
import type { World, WorldInstance } from '../../worlds/world.ts';
import { accountId } from '../constants.ts';
import { type Principal, type Principals, principals } from './authenticate.ts';

/** The instance that runs the services. */
export function hostOf({ instances, host }: Pick<World, 'instances' | 'host'>): WorldInstance {
  const found = instances.find(({ id }) => id === host);
  if (!found) throw new Error(`the world has no instance ${host}`);
  return found;
}

/** The role of the host's instance profile, which is named as the instance is. */
export const roleNameOf = (world: Pick<World, 'instances' | 'host'>): string =>
  hostOf(world).tags.Name ?? world.host;

const lifetimeMs = 3_600_000;
const renewalMs = 600_000;

/** Temporary credentials of a role. */
export interface Issued extends Principal {
  sessionToken: string;
  issuedAt: Date;
  expiresAt: Date;
}

export interface Credentials extends Principals {
  /** Those of the host's role that its metadata service hands out: for an hour, renewed in its last ten minutes. */
  current(): Issued;
  /** New ones of a role that is assumed. */
  assume(roleName: string, session: string): Issued;
}

/**
 * The account's keys: those of its users, and those that it issues. Issued ones expire on real time, however far the
 * account's clock is turned, because their users judge the expiry by a clock of their own.
 */
export function createCredentials(world: Pick<World, 'instances' | 'host'>): Credentials {
  const issued: Issued[] = [];
  let current: Issued | undefined;

  function issue(roleName: string, session: string): Issued {
    const now = Date.now();
    const one: Issued = {
      name: roleName,
      accessKeyId: `ASIA${base32(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(192).toString('base64'),
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session}`,
      issuedAt: new Date(now),
      expiresAt: new Date(now + lifetimeMs),
    };
    issued.push(one);
    return one;
  }

  return {
    current() {
      if (!current || current.expiresAt.getTime() - Date.now() < renewalMs)
        current = issue(roleNameOf(world), world.host);
      return current;
    },
    assume: issue,
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
