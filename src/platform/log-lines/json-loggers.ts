import type { Format } from './format.ts';

/** Loggers that write JSON or pairs, each with a line of it; the meanings of their keys stand in `fields.ts`. */
export const jsonLoggers: readonly Omit<Format, 'pattern' | 'level'>[] = [
  {
    name: 'pino',
    example:
      '{"level":50,"time":1768957200000,"pid":812,"msg":"boom","err":{"type":"Error","message":"no fare"}}',
    reads: { level: 'error', text: 'boom · no fare' },
  },
  {
    name: 'pino-http',
    example:
      '{"level":30,"time":1768957200000,"req":{"method":"GET","url":"/a"},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
    reads: { level: 'info', text: 'GET /a 200 12 ms' },
  },
  {
    name: 'bunyan',
    example:
      '{"name":"api","hostname":"h","pid":812,"level":50,"msg":"boom","time":"2026-01-21T01:00:00.123Z","v":0}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'winston',
    example: '{"level":"error","message":"boom","timestamp":"2026-01-21T01:00:00.123Z"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Nest’s ConsoleLogger',
    example: '{"level":"error","pid":812,"timestamp":1768957200000,"message":"boom","context":"Fare"}',
    reads: { level: 'error', text: 'boom · Fare' },
  },
  {
    name: 'log4js',
    example:
      '{"startTime":"2026-01-21T01:00:00.123Z","level":{"level":40000,"levelStr":"ERROR"},"msg":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'zap, zerolog and logrus',
    example: '{"level":"error","ts":1768957200.123,"caller":"fare.go:12","msg":"boom","error":"no fare"}',
    reads: { level: 'error', text: 'boom · no fare' },
  },
  {
    name: 'slog',
    example: '{"time":"2026-01-21T01:00:00.123Z","level":"ERROR+4","msg":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'logfmt',
    example: 'time="2026-01-21T01:00:00Z" level=error msg="boom" ride=7',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Python’s json formatter and structlog',
    example: '{"asctime":"2026-01-21 09:00:00,123","levelname":"ERROR","message":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'loguru',
    example:
      '{"text":"boom\\n","record":{"level":{"name":"ERROR","no":40},"message":"boom","time":{"timestamp":1768957200.1}}}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'logback and log4j',
    example:
      '{"@timestamp":"2026-01-21T01:00:00.123Z","level":"ERROR","logger_name":"com.d2.Fare","message":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Elastic’s ECS',
    example: '{"@timestamp":"2026-01-21T01:00:00.123Z","log":{"level":"error"},"message":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Google',
    example: '{"severity":"CRITICAL","time":"2026-01-21T01:00:00.123Z","message":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Serilog',
    example: '{"@t":"2026-01-21T01:00:00.123Z","@m":"boom","@l":"Error"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Serilog, which says no level of an information',
    example: '{"@t":"2026-01-21T01:00:00.123Z","@m":"boom"}',
    reads: { level: 'info', text: 'boom' },
  },
  {
    name: 'Monolog',
    example:
      '{"message":"boom","level":400,"level_name":"ERROR","datetime":"2026-01-21T09:00:00.123456+08:00"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'GELF',
    example: '{"version":"1.1","host":"h","short_message":"boom","level":3,"timestamp":1768957200.123}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'OpenTelemetry',
    example: '{"Timestamp":"1768957200123000000","SeverityNumber":17,"Body":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'Lambda',
    example:
      '{"timestamp":"2026-01-21T01:00:00.123Z","level":"ERROR","requestId":"8c2f","errorMessage":"boom"}',
    reads: { level: 'error', text: 'boom' },
  },
  {
    name: 'nginx',
    example: '{"time_iso8601":"2026-01-21T01:00:00+00:00","request":"GET /a HTTP/1.1","status":"503"}',
    reads: { level: 'error', text: 'GET /a 503' },
  },
  {
    name: 'Caddy',
    example:
      '{"level":"info","ts":1768957200.1,"msg":"handled request","request":{"method":"GET","uri":"/a"},"status":200}',
    reads: { level: 'info', text: 'GET /a 200' },
  },
];
