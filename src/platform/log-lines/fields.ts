/** A JSON line's values by their keys, nested ones too: `log.level`, `logLevel`, `log_level` and `{log:{level}}` are all `loglevel`. */
export type Fields = ReadonlyMap<string, unknown>;

const deepest = 4;
const mostFields = 400;

export function fieldsOf(value: object): Fields {
  const fields = new Map<string, unknown>();
  const collect = (at: object, before: string, depth: number): void => {
    for (const [key, inner] of Object.entries(at)) {
      const name = before + key.toLowerCase().replace(/[^a-z0-9]/g, '');
      if (fields.size >= mostFields) return;
      if (!fields.has(name)) fields.set(name, inner);
      if (inner !== null && typeof inner === 'object' && !Array.isArray(inner) && depth < deepest)
        collect(inner, name, depth + 1);
    }
  };
  collect(value, '', 1);
  return fields;
}

/**
 * What a field means, by the keys that loggers give it, the surest first: pino, winston, bunyan, log4js, Nest, zap, slog,
 * logrus, zerolog, Serilog (`@l`, `@m`, `@t`, `@x`), Elastic's ECS, OpenTelemetry, Google, Monolog, GELF, logback, log4j,
 * Python's formatters, loguru, structlog, Lambda, nginx, Caddy, Traefik, Envoy, API Gateway.
 */
export const keys = {
  level: [
    'level',
    'severity',
    'lvl',
    'loglevel',
    'levelname',
    'levellevelstr',
    'severitytext',
    'l',
    'priority',
  ].concat(['syslogseverity', 'recordlevelname', 'levelstr', 'logseverity', 's']),
  time: ['time', 'timestamp', 'ts', 't', 'datetime', 'date', 'asctime', 'eventtime', 'recordtimetimestamp']
    .concat(['timemillis', 'instantepochsecond', 'realtimetimestamp', 'datetimedate', 'timestampseconds'])
    .concat(['timeunixnano', 'timelocal', 'timeiso8601', 'starttime']),
  message: [
    'msg',
    'message',
    'shortmessage',
    'event',
    'm',
    'renderedmessage',
    'mt',
    'messagetemplate',
    'body',
  ].concat(['textpayload', 'jsonpayloadmessage', 'recordmessage', 'errormessage', 'log', 'text']),
  context: ['context'],
  error: ['errmessage', 'errormessage', 'exceptionmessage', 'thrownmessage', 'err', 'error'].concat([
    'exceptionexceptionmessage',
    'errcode',
    'errorcode',
    'errname',
    'errorname',
    'errortype',
  ]),
  stack: [
    'stack',
    'errstack',
    'errorstack',
    'errorstacktrace',
    'stacktrace',
    'exceptionstacktrace',
    'excinfo',
  ]
    .concat(['exceptionstack', 'exceptiontraceback', 'thrownextendedstacktrace', 'fullmessage', 'exception'])
    .concat(['recordexception', 'x', 'trace', 'traceback', 'messagestack', 'contextexceptiontrace']),
  method: ['method', 'reqmethod', 'requestmethod', 'httpmethod', 'httprequestmethod', 'verb'].concat([
    'httprequestrequestmethod',
    'contextmethod',
    'metamethod',
    'metareqmethod',
  ]),
  path: ['route', 'path', 'url', 'uri', 'requrl', 'reqpath', 'reqoriginalurl', 'requesturl', 'requestpath']
    .concat([
      'requesturi',
      'originalurl',
      'httptarget',
      'httproute',
      'urlpath',
      'urloriginal',
      'httpurl',
      'httppath',
    ])
    .concat([
      'httprequestrequesturl',
      'resourcepath',
      'endpoint',
      'metaurl',
      'metarequrl',
      'urlfull',
      'contexturl',
    ]),
  status: ['status', 'statuscode', 'resstatuscode', 'resstatus', 'responsestatus', 'responsestatuscode']
    .concat(['httpstatus', 'httpstatuscode', 'httpresponsestatuscode', 'httpresponsestatus', 'responsecode'])
    .concat(['downstreamstatus', 'httprequeststatus', 'metaresstatuscode', 'contextstatuscode']),
  milliseconds: [
    'durationms',
    'latencyms',
    'responsetimems',
    'responsetime',
    'elapsedms',
    'durationmillis',
    'tookms',
  ].concat(['duration', 'latency', 'elapsed', 'httprequestlatency', 'metaresponsetime', 'ms']),
} as const satisfies Record<string, readonly string[]>;

/** The first of the keys that holds what `read` can make something of. */
export function firstOf<T>(
  fields: Fields,
  names: readonly string[],
  read: (value: unknown, name: string) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = fields.get(name);
    const found = value === undefined || value === null ? undefined : read(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A string that says something, or a number as one. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** `{…}` at the beginning of a text, as an object. */
export function parseObject(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === 'object' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const pair = /([\w.@/-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?:\s+|$)/y;

/** A line of logfmt, `level=error msg="no fare" …`: nothing but pairs, with a level or a message among them. */
export function parseLogfmt(text: string): object | undefined {
  if (!/^[\w.@/-]+=/.test(text)) return undefined;
  const pairs: [string, string][] = [];
  pair.lastIndex = 0;
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    pairs.push([match[1] ?? '', match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '']);
    if (pair.lastIndex >= text.length) {
      return pairs.some(([key]) => /^(level|lvl|severity|msg|message)$/i.test(key))
        ? Object.fromEntries(pairs)
        : undefined;
    }
  }
  return undefined;
}
