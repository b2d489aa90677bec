import { type Format, format } from './format.ts';
import { timePattern } from './times.ts';

const request = String.raw`(?<method>[A-Z]{3,7}) (?<path>\S+)(?: HTTP\/[\d.]+)?`;

/** Whoever writes a request without a level; its status is its level. */
export const requestFormats: readonly Format[] = [
  format(
    'morgan combined and common, nginx, Apache',
    String.raw`\S+ \S+ \S+ \[(?<time>${timePattern})\] "${request}" (?<status>\d{3})(?= |$)`,
    '::1 - - [21/Jan/2026:09:00:00 +0800] "GET /rides/7 HTTP/1.1" 404 15 "-" "curl/8"',
    { level: 'warn', text: 'GET /rides/7 404' },
  ),
  format(
    'morgan dev and koa-logger',
    String.raw`\s*(?:--> )?(?<method>[A-Z]{3,7}) (?<path>/\S*) (?<status>\d{3}) (?:(?<ms>[\d.]+)|-) ?ms\b`,
    'POST /rides 503 12.5 ms - 15',
    { level: 'error', text: 'POST /rides 503 13 ms' },
  ),
  format(
    'morgan tiny',
    String.raw`(?<method>[A-Z]{3,7}) (?<path>/\S*) (?<status>\d{3}) (?:\d+|-) - (?:(?<ms>[\d.]+)|-) ms`,
    'GET /error 200 15 - 3.2 ms',
    { level: 'info', text: 'GET /error 200 3 ms' },
  ),
  format(
    'morgan short',
    String.raw`\S+ \S+ ${request} (?<status>\d{3}) (?:\d+|-) - (?:(?<ms>[\d.]+)|-) ms`,
    '::1 - GET /a HTTP/1.1 500 15 - 3.2 ms',
    { level: 'error', text: 'GET /a 500 3 ms' },
  ),
  format(
    'Django, Flask and whoever quotes a request',
    String.raw`(?:\S+ - - )?(?:\[(?<time>[^\]]+)\] )?"${request}" (?<status>\d{3})(?= |$)`,
    '127.0.0.1 - - [21/Jan/2026 09:00:00] "GET /error HTTP/1.1" 200 -',
    { level: 'info', text: 'GET /error 200' },
  ),
];
