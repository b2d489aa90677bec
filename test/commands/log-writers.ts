import type { Level } from '../../src/platform/log-lines/levels.ts';

/** How a logger of the field writes a line of a level: its own words, and nothing of the reader that is tried. */
export interface Writer {
  name: string;
  words: Record<Level, readonly (string | number)[]>;
  write(word: string | number, message: string): string;
}

const plain = { debug: ['debug'], info: ['info'], warn: ['warn'], error: ['error'] } as const;
const python = { debug: ['DEBUG'], info: ['INFO'], warn: ['WARNING'], error: ['ERROR', 'CRITICAL'] } as const;
const java = {
  debug: ['TRACE', 'DEBUG'],
  info: ['INFO'],
  warn: ['WARN'],
  error: ['ERROR', 'FATAL'],
} as const;
const pino = { debug: [10, 20], info: [30], warn: [40], error: [50, 60] } as const;
const syslog = { debug: [7], info: [6, 5], warn: [4], error: [3, 2, 1, 0] } as const;
const npm = {
  debug: ['debug', 'silly', 'verbose'],
  info: ['info', 'http'],
  warn: ['warn'],
  error: ['error'],
} as const;
const nest = {
  debug: ['DEBUG', 'VERBOSE'],
  info: ['LOG'],
  warn: ['WARN'],
  error: ['ERROR', 'FATAL'],
} as const;
const google = {
  debug: ['DEBUG'],
  info: ['INFO', 'NOTICE'],
  warn: ['WARNING'],
  error: ['ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'],
} as const;
const serilog = {
  debug: ['Verbose', 'Debug'],
  info: ['Information'],
  warn: ['Warning'],
  error: ['Error', 'Fatal'],
} as const;

const iso = '2026-01-21T01:00:00.123Z';
const ms = 1_768_957_200_123;
const json =
  (fields: (word: string | number, message: string) => object): Writer['write'] =>
  (word, message) =>
    JSON.stringify(fields(word, message));
const pathOf = (message: string) => message.split(' ').at(-1);
const coloured = (word: string | number) => `\u001b[31m${word}\u001b[39m`;

export const writers: readonly Writer[] = [
  { name: 'winston, printf', words: npm, write: (level, message) => `${iso} [api] ${level}: ${message}` },
  {
    name: 'a level before its writer',
    words: plain,
    write: (level, message) => `${iso} ${level} [api] ${message}`,
  },
  {
    name: 'a level after its writer',
    words: java,
    write: (level, message) => `${iso} [api] ${level} ${message}`,
  },
  {
    name: 'util.inspect',
    words: npm,
    write: (level, message) => `{ level: '${level}', message: '${message}' }`,
  },
  { name: 'pino', words: pino, write: json((level, msg) => ({ level, time: ms, pid: 8, msg })) },
  { name: 'pino, with names', words: npm, write: json((level, msg) => ({ level, time: iso, msg })) },
  {
    name: 'bunyan',
    words: pino,
    write: json((level, msg) => ({ name: 'x', hostname: 'h', pid: 8, level, msg, time: iso, v: 0 })),
  },
  { name: 'winston', words: npm, write: json((level, message) => ({ level, message, timestamp: iso })) },
  {
    name: 'winston, coloured',
    words: npm,
    write: json((level, message) => ({ level: coloured(level), message })),
  },
  { name: 'winston, simple', words: npm, write: (level, message) => `${level}: ${message}` },
  {
    name: 'winston, simple and coloured',
    words: npm,
    write: (level, message) => `${coloured(level)}: ${message}`,
  },
  {
    name: 'log4js, JSON',
    words: java,
    write: json((levelStr, data) => ({
      startTime: iso,
      categoryName: 'default',
      data: [data],
      level: { level: 1, levelStr, colour: 'x' },
    })),
  },
  {
    name: 'log4js',
    words: java,
    write: (level, message) => `[2026-01-21T09:00:00.123] [${level}] default - ${message}`,
  },
  {
    name: 'Nest',
    words: nest,
    write: (level, message) =>
      `[Nest] 4242  - 01/21/2026, 9:00:00 AM ${String(level).padStart(7)} [Fare] ${message}`,
  },
  {
    name: 'Nest, JSON',
    words: { ...plain, debug: ['debug', 'verbose'], info: ['log'], error: ['error', 'fatal'] },
    write: json((level, message) => ({ level, pid: 8, timestamp: ms, message, context: 'Fare' })),
  },
  {
    name: 'the field’s own',
    words: plain,
    write: (level, msg) =>
      `2026-01-21 09:00:00.123 +08:00: \u001b[32m[Nest] 4242  - \u001b[39m01/21/2026, 9:00:00 AM \u001b[32m    LOG\u001b[39m ${JSON.stringify({ ts: iso, level, context: 'Fare', msg })}`,
  },
  {
    name: 'zap',
    words: { ...plain, error: ['error', 'dpanic', 'panic', 'fatal'] },
    write: json((level, msg) => ({ level, ts: ms / 1000, caller: 'a.go:1', msg })),
  },
  {
    name: 'zap’s console',
    words: java,
    write: (level, message) => `${iso}\t${level}\tfare/price.go:12\t${message}`,
  },
  {
    name: 'slog',
    words: {
      debug: ['DEBUG', 'DEBUG-4'],
      info: ['INFO', 'INFO+2'],
      warn: ['WARN'],
      error: ['ERROR', 'ERROR+4'],
    },
    write: json((level, msg) => ({ time: iso, level, msg })),
  },
  {
    name: 'slog, text',
    words: java,
    write: (level, message) => `time=${iso} level=${level} msg="${message}"`,
  },
  {
    name: 'logrus',
    words: { ...plain, warn: ['warning'], error: ['error', 'fatal', 'panic'] },
    write: (level, message) => `time="${iso}" level=${level} msg="${message}" ride=7`,
  },
  {
    name: 'Python',
    words: python,
    write: (level, message) => `2026-01-21 09:00:00,123 - fare.price - ${level} - ${message}`,
  },
  { name: 'Python, basicConfig', words: python, write: (level, message) => `${level}:root:${message}` },
  {
    name: 'Python, JSON',
    words: python,
    write: json((levelname, message) => ({ asctime: '2026-01-21 09:00:00,123', levelname, message })),
  },
  {
    name: 'Python’s numbers',
    words: { debug: [10], info: [20], warn: [30], error: [40, 50] },
    write: json((levelno, message) => ({ levelno, message })),
  },
  {
    name: 'loguru',
    words: python,
    write: (level, message) =>
      `2026-01-21 09:00:00.123 | ${String(level).padEnd(8)} | fare:price:12 - ${message}`,
  },
  {
    name: 'structlog',
    words: { ...plain, warn: ['warning'], error: ['error', 'critical'] },
    write: json((level, event) => ({ event, level, timestamp: iso })),
  },
  {
    name: 'logback',
    words: java,
    write: (level, message) => `09:00:00.123 [main] ${String(level).padEnd(5)} com.d2.Fare - ${message}`,
  },
  {
    name: 'Spring Boot',
    words: java,
    write: (level, message) =>
      `${iso} ${String(level).padStart(5)} 812 --- [app] [nio-80-exec-1] c.d2.Fare : ${message}`,
  },
  {
    name: 'logstash for logback',
    words: java,
    write: json((level, message) => ({ '@timestamp': iso, message, level, level_value: 1 })),
  },
  {
    name: 'ECS',
    words: plain,
    write: json((level, message) => ({ '@timestamp': iso, 'log.level': level, message })),
  },
  {
    name: 'ECS, nested',
    words: java,
    write: json((level, message) => ({ '@timestamp': iso, log: { level, logger: 'x' }, message })),
  },
  { name: 'Google', words: google, write: json((severity, message) => ({ severity, message, time: iso })) },
  {
    name: 'Serilog',
    words: { ...serilog, info: ['Information'] },
    write: json((level, message) => ({
      '@t': iso,
      '@m': message,
      ...(level === 'Information' ? {} : { '@l': level }),
    })),
  },
  {
    name: 'Serilog’s console',
    words: { debug: ['VRB', 'DBG'], info: ['INF'], warn: ['WRN'], error: ['ERR', 'FTL'] },
    write: (level, message) => `[09:00:00 ${level}] ${message}`,
  },
  {
    name: '.NET’s console',
    words: { debug: ['trce', 'dbug'], info: ['info'], warn: ['warn'], error: ['fail', 'crit'] },
    write: (level, message) => `${level}: ${message}`,
  },
  {
    name: 'syslog’s numbers',
    words: syslog,
    write: (level, message) => `<${8 + Number(level)}>Jan 21 01:00:00 host fare[8]: ${message}`,
  },
  {
    name: 'GELF',
    words: syslog,
    write: json((level, message) => ({
      version: '1.1',
      host: 'h',
      short_message: message,
      level,
      timestamp: ms / 1000,
    })),
  },
  {
    name: 'journald',
    words: syslog,
    write: json((level, message) => ({
      MESSAGE: message,
      PRIORITY: String(level),
      __REALTIME_TIMESTAMP: `${ms}000`,
    })),
  },
  {
    name: 'Monolog',
    words: python,
    write: (level, message) => `[2026-01-21T09:00:00.123456+08:00] production.${level}: ${message} [] []`,
  },
  {
    name: 'Monolog, JSON',
    words: { debug: [100], info: [200, 250], warn: [300], error: [400, 500, 550, 600] },
    write: json((level, message) => ({ message, level, datetime: iso })),
  },
  {
    name: 'OpenTelemetry',
    words: { debug: [1, 5], info: [9], warn: [13], error: [17, 21] },
    write: json((SeverityNumber, Body) => ({ Timestamp: `${ms}000000`, SeverityNumber, Body })),
  },
  {
    name: 'Lambda',
    words: java,
    write: (level, message) => `${iso}\t8c2f4b5e-5c1e-4a51-9d9b-2f7f3c1d2e4f\t${level}\t${message}`,
  },
  {
    name: 'Lambda, JSON',
    words: java,
    write: json((level, message) => ({ timestamp: iso, level, requestId: '8c2f', message })),
  },
  {
    name: 'nginx',
    words: {
      debug: ['debug'],
      info: ['info', 'notice'],
      warn: ['warn'],
      error: ['error', 'crit', 'alert', 'emerg'],
    },
    write: (level, message) => `2026/01/21 09:00:00 [${level}] 31#31: *7 ${message}`,
  },
  {
    name: 'Apache',
    words: { debug: ['debug'], info: ['info', 'notice'], warn: ['warn'], error: ['error', 'crit'] },
    write: (level, message) => `[Wed Jan 21 09:00:00.123456 2026] [core:${level}] [pid 812:tid 1] ${message}`,
  },
  {
    name: 'morgan',
    words: { debug: [], info: [200, 301], warn: [404], error: [500, 503] },
    write: (status, message) =>
      `::1 - - [21/Jan/2026:09:00:00 +0800] "GET /error/${pathOf(message)} HTTP/1.1" ${status} 15 "-" "curl/8"`,
  },
  {
    name: 'morgan, dev',
    words: { debug: [], info: [200, 304], warn: [429], error: [502] },
    write: (status, message) => `GET /fatal/${pathOf(message)} ${status} 12.5 ms - 15`,
  },
  {
    name: 'glog',
    words: { debug: [], info: ['I'], warn: ['W'], error: ['E', 'F'] },
    write: (level, message) => `${level}0121 09:00:00.123456       1 fare.go:12] ${message}`,
  },
  { name: 'a level in brackets', words: google, write: (level, message) => `[${level}] ${message}` },
  { name: 'a level first', words: java, write: (level, message) => `${iso} ${level} ${message}` },
  {
    name: 'docker around pino',
    words: pino,
    write: (level, msg) =>
      JSON.stringify({ log: `${JSON.stringify({ level, msg })}\n`, stream: 'stdout', time: iso }),
  },
  { name: 'uvicorn', words: python, write: (level, message) => `${level}:     ${message}` },
  {
    name: 'gunicorn',
    words: python,
    write: (level, message) => `[2026-01-21 09:00:00 +0000] [812] [${level}] ${message}`,
  },
  {
    name: 'klog with PM2’s date',
    words: { debug: [], info: ['I'], warn: ['W'], error: ['E'] },
    write: (level, message) =>
      `2026-01-21 09:00:00.123 +08:00: ${level}0121 09:00:00.123456 1 a.go:1] ${message}`,
  },
  {
    name: 'MySQL',
    words: { debug: [], info: [], warn: ['Warning'], error: ['ERROR'] },
    write: (level, message) => `${iso} 0 [${level}] [MY-010931] [Server] ${message}`,
  },
  {
    name: 'PostgreSQL',
    words: { debug: ['DEBUG'], info: ['LOG', 'INFO'], warn: ['WARNING'], error: ['ERROR', 'FATAL', 'PANIC'] },
    write: (level, message) => `2026-01-21 09:00:00.123 UTC [812] d2@rides ${level}:  ${message}`,
  },
];
