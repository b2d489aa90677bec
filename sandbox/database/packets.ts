import type { Duplex } from 'node:stream';

// MySQL's client/server protocol: a packet is its length in 3 bytes, its number in the exchange, and its body.

// What MariaDB itself takes before a login.
const most = 16 * 1024;

/** What the other side did that no client does; the connection ends. */
export class ProtocolError extends Error {}

/** Packets to and fro in turn, numbered from 0. */
export interface Exchange {
  /** Takes not a byte more than the packet: what follows may be TLS. Rejects when the stream ends or closes first. */
  read(): Promise<Buffer>;
  write(body: Buffer): void;
  /** Writes the last packet. */
  end(body: Buffer): void;
  /** Goes on over another stream, as TLS does. */
  moveTo(stream: Duplex): void;
}

/** The stream must be paused, and have a listener for its errors. */
export function createExchange(stream: Duplex): Exchange {
  let over = stream;
  let sequence = 0;

  function packetOf(body: Buffer): Buffer {
    const head = Buffer.alloc(4);
    head.writeUIntLE(body.length, 0, 3);
    head.writeUInt8(sequence++ & 0xff, 3);
    return Buffer.concat([head, body]);
  }

  return {
    async read() {
      const head = await readBytes(over, 4);
      const length = head.readUIntLE(0, 3);
      if (length > most) throw new ProtocolError(`a packet of ${length} bytes before the login`);
      if (head.readUInt8(3) !== (sequence++ & 0xff)) throw new ProtocolError('packets out of order');
      return length === 0 ? Buffer.alloc(0) : readBytes(over, length);
    },
    write(body) {
      over.write(packetOf(body));
    },
    end(body) {
      if (over.writable) over.end(packetOf(body));
      // Unread bytes would keep the stream from closing.
      over.resume();
    },
    moveTo(stream) {
      over = stream;
    },
  };
}

function readBytes(stream: Duplex, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    function look(): void {
      const bytes: Buffer | null = stream.read(count);
      // At its end a stream gives what is left, however little.
      if (bytes?.length === count) done(() => resolve(bytes));
      else if (bytes || stream.readableEnded || stream.destroyed) gone();
    }
    const gone = () => done(() => reject(new Error('the other side went away before the login')));
    const failed = (error: Error) => done(() => reject(error));
    function done(settle: () => void): void {
      stream.off('readable', look).off('end', gone).off('close', gone).off('error', failed);
      settle();
    }
    stream.on('readable', look).on('end', gone).on('close', gone).on('error', failed);
    look();
  });
}

export const firstByte = { ok: 0x00, authSwitch: 0xfe, error: 0xff } as const;

/** MySQL's number, SQLSTATE and words. */
export type SqlError = readonly [code: number, state: string, message: string];

export function errorBody([code, state, message]: SqlError): Buffer {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(code);
  return Buffer.concat([Buffer.of(firstByte.error), number, Buffer.from(`#${state}${message}`)]);
}

export const switchToClearPassword = Buffer.concat([
  Buffer.of(firstByte.authSwitch),
  Buffer.from('mysql_clear_password\0\0'),
]);

/** How the connection phase refuses, in MySQL's words. */
export const refusals = {
  plain: [
    3159,
    'HY000',
    'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
  ],
  malformed: [1043, '08S01', 'Bad handshake'],
} as const satisfies Record<string, SqlError>;

/** Gives no reason, which would help to guess. */
export const accessDenied = (user: string, host: string): SqlError => [
  1045,
  '28000',
  `Access denied for user '${user}'@'${host}' (using password: YES)`,
];
