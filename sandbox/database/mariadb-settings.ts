/** For the server and for laying out its data: small, quick to start, and otherwise as RDS runs MySQL 8. */
export const settings = [
  '--innodb-log-file-size=8M',
  '--innodb-buffer-pool-size=32M',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  // Containers forbid io_uring, and many servers at once use up what the kernel grants of it.
  '--innodb-use-native-aio=OFF',
  // A commit survives the process, not the machine.
  '--innodb-flush-log-at-trx-commit=2',
  '--skip-name-resolve',
  // Roughly what RDS grants a db.t3.micro.
  '--max-connections=85',
  '--max-allowed-packet=64M',
  '--default-time-zone=+00:00',
  '--character-set-server=utf8mb4',
  '--local-infile=OFF',
  // It would take every client of the proxy for the user that runs the sandbox.
  '--unix-socket=OFF',
  '--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
] as const;

interface User {
  name: string;
  password: string;
}

interface Users {
  database: string;
  /** Whom RDS calls the master user. */
  master: User;
  /** Users that log in by IAM token; the proxy uses the password once it has checked the token. */
  iamUsers: readonly User[];
}

// What RDS for MySQL grants its master user: no SUPER, no FILE, no SHUTDOWN.
const masterRights =
  'select, insert, update, delete, create, drop, reload, process, references, index, alter, show databases, ' +
  'create temporary tables, lock tables, execute, replication slave, replication client, create view, show view, ' +
  'create routine, alter routine, create user, event, trigger';

/** The database and its users, as a new RDS instance and the guide's statements leave them. */
export function setupOf({ database, master, iamUsers }: Users): string[] {
  const create = ({ name, password }: User) =>
    `create user ${quote(name)}@'%' identified by ${quote(password)}`;
  return [
    `create database ${name(database)}`,
    create(master),
    `grant ${masterRights} on *.* to ${quote(master.name)}@'%' with grant option`,
    ...iamUsers.flatMap((user) => [
      create(user),
      `grant select, insert, update, delete on ${name(database)}.* to ${quote(user.name)}@'%'`,
    ]),
    // Only the proxy can connect.
    "delete from mysql.global_priv where user = 'root' or user = ''",
    'flush privileges',
  ];
}

function quote(text: string): string {
  // A statement is a line.
  if (/[\r\n\0]/.test(text)) throw new Error('a name or password with a line break is no name or password');
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

const name = (text: string) => `\`${text.replaceAll('`', '``')}\``;
