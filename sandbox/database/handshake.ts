import { createHash } from 'node:crypto';
import { ProtocolError } from './packets.ts';

/** Capability flags, as MySQL's reference names them. */
const flag = {
  connectWithDatabase: 0x8,
  ssl: 0x800,
  protocol41: 0x200,
  secureConnection: 0x8000,
  pluginAuth: 0x80000,
  connectAttributes: 0x100000,
  lengthEncodedAuth: 0x200000,
} as const;

export interface InitialHandshake {
  /** As MariaDB sent it, with TLS offered. */
  body: Buffer;
  capabilities: number;
  /** What a password is hashed with. */
  nonce: Buffer;
}

/** Initial Handshake Packet, version 10. */
export function offerTls(greeting: Buffer): InitialHandshake {
  const body = Buffer.from(greeting);
  const version = body.indexOf(0, 1);
  // After the version: thread id 4, nonce 8, filler 1, flags 2, charset 1, status 2, flags 2, length 1, reserved 10.
  const flags = version + 1 + 4 + 8 + 1;
  const second = flags + 2 + 1 + 2 + 2 + 1 + 10;
  if (body[0] !== 10 || version < 0 || body.length < second + 12)
    throw new ProtocolError('MariaDB greets in a protocol that is not version 10');
  const offered = body.readUInt16LE(flags) | flag.ssl;
  body.writeUInt16LE(offered, flags);
  return {
    body,
    capabilities: (offered | (body.readUInt16LE(flags + 5) << 16)) >>> 0,
    nonce: Buffer.concat([body.subarray(flags - 9, flags - 1), body.subarray(second, second + 12)]),
  };
}

/** Whether a client's first packet is an SSL Request: the head of a login with the flag, after which TLS begins. */
export const asksForTls = (body: Buffer): boolean =>
  body.length === 32 && (body.readUInt32LE(0) & flag.ssl) !== 0;

export interface Login {
  user: string;
  /** All of the packet, with the flags that MariaDB gets: no TLS, nothing it did not offer. */
  body: Buffer;
  /** The same with another proof: that of a native password. */
  withPassword(password: string): Buffer;
}

/** Handshake Response 41. Throws for what is cut short or of the protocol before 4.1. */
export function parseLogin(body: Buffer, { capabilities, nonce }: InitialHandshake): Login {
  if (body.length < 33) throw new ProtocolError('a login that is cut short');
  const flags = body.readUInt32LE(0);
  const needed = flag.protocol41 | flag.secureConnection | flag.pluginAuth;
  if ((flags & needed) !== needed) throw new ProtocolError('a client older than MySQL 5.5.7');

  let at = 32;
  function take(count: number): Buffer {
    if (at + count > body.length) throw new ProtocolError('a login that is cut short');
    at += count;
    return body.subarray(at - count, at);
  }
  function takeString(): Buffer {
    const end = body.indexOf(0, at);
    const text = take(end < 0 ? body.length + 1 : end - at);
    at += 1;
    return text;
  }
  const user = takeString();
  const length = take(1).readUInt8(0);
  const isLong = (flags & flag.lengthEncodedAuth) !== 0 && length > 250;
  if (isLong && length !== 0xfc) throw new ProtocolError('a proof of over 64 KiB');
  take(isLong ? take(2).readUInt16LE(0) : length);
  const database = (flags & flag.connectWithDatabase) !== 0 ? takeString() : undefined;
  takeString();
  // Attributes, and what a MariaDB client adds: MariaDB reads them.
  const rest = body.subarray(at);

  const head = Buffer.from(body.subarray(0, 32));
  head.writeUInt32LE((flags & capabilities & ~flag.ssl) >>> 0, 0);
  return {
    user: user.toString(),
    body: Buffer.concat([head, body.subarray(32)]),
    withPassword(password) {
      const proof = nativeProof(password, nonce);
      const parts = [head, user, Buffer.of(0, proof.length), proof];
      if (database) parts.push(database, Buffer.of(0));
      return Buffer.concat([...parts, Buffer.from('mysql_native_password\0'), rest]);
    },
  };
}

/** SHA1(password) xor SHA1(nonce + SHA1(SHA1(password))). */
function nativeProof(password: string, nonce: Buffer): Buffer {
  const sha1 = (...parts: readonly (Buffer | string)[]) => {
    const sum = createHash('sha1');
    for (const part of parts) sum.update(part);
    return sum.digest();
  };
  const once = sha1(password);
  const mask = sha1(nonce, sha1(once));
  return Buffer.from(once.map((byte, i) => byte ^ (mask[i] ?? 0)));
}
