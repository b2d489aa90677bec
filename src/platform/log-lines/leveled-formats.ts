import { type Format, format } from './format.ts';
import { timePattern } from './times.ts';

const word = '(?<level>[A-Za-z]{3,13})';
const upper = '(?<level>[A-Z]{3,13})';
const text = '(?<text>.*)$';

/** Whoever says a level; the word in that place counts only if it is one. */
export const leveledFormats: readonly Format[] = [
  format(
    'Nest',
    String.raw`\[[^\]]{1,64}\] \d+ {1,4}- (?<time>${timePattern}) +${upper} (?:\[(?<context>[^\]]{1,80})\] )?(?:\+\d+ms )?${text}`,
    '[Nest] 4242  - 01/21/2026, 12:30:00 PM   ERROR [ExceptionsHandler] connect ECONNREFUSED',
    { level: 'error', text: 'connect ECONNREFUSED · ExceptionsHandler' },
  ),
  format(
    'Lambda',
    String.raw`[\da-f]{8}-[\da-f-]{27}\t${upper}\t${text}`,
    '2026-01-21T01:00:00.123Z\t8c2f4b5e-5c1e-4a51-9d9b-2f7f3c1d2e4f\tERROR\tboom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'zap’s console',
    String.raw`${word}\t(?:(?<context>[\w.-]+)\t)?(?:[\w./@-]+\.go:\d+\t)?${text}`,
    '2026-01-21T01:00:00.123Z\tERROR\tfare/price.go:12\tboom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'logback and log4j',
    String.raw`\[[^\]]{1,80}\] +${upper} +(?<context>[\w.$\[\]/-]+) *[-:] +${text}`,
    '09:00:00.123 [main] ERROR com.d2.Fare - boom',
    { level: 'error', text: 'boom · com.d2.Fare' },
  ),
  format(
    'Spring Boot',
    String.raw`${upper} \d+ --- (?:\[[^\]]*\] ?)+(?<context>\S+) *: ${text}`,
    '2026-01-21T09:00:00.123Z ERROR 812 --- [app] [nio-80-exec-1] c.d2.Fare : boom',
    { level: 'error', text: 'boom · c.d2.Fare' },
  ),
  format(
    'log4js',
    String.raw`\[${word}\] (?<context>[\w.-]+) - ${text}`,
    '[2026-01-21T09:00:00.123] [ERROR] default - boom',
    { level: 'error', text: 'boom · default' },
  ),
  format(
    'Apache’s errors',
    String.raw`\[(?:[\w-]+:)${word}\] (?:\[[^\]]*\] ?)*${text}`,
    '[Wed Jan 21 09:00:00.123456 2026] [core:error] [pid 812:tid 1] boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'gunicorn, MySQL and nginx’s errors',
    String.raw`(?:\[\d+\] |\d+ )?\[${word}\] (?:\[[^\]]*\] )*${text}`,
    '2026/01/21 09:00:00 [error] 31#31: *7 upstream timed out',
    { level: 'error', text: '31#31: *7 upstream timed out' },
  ),
  format('Serilog’s console', String.raw`\[(?:[\d:. TZ+-]+ )?${word}\] ${text}`, '[09:00:00 ERR] boom', {
    level: 'error',
    text: 'boom',
  }),
  format(
    'celery',
    String.raw`\[(?<time>${timePattern}): ${upper}/(?<context>[\w-]+)\] ${text}`,
    '[2026-01-21 09:00:00,123: ERROR/MainProcess] boom',
    { level: 'error', text: 'boom · MainProcess' },
  ),
  format(
    'tornado',
    String.raw`\[(?<level>[DIWEC]) \d{6} [\d:]+ [\w.:-]+\] ${text}`,
    '[E 260121 09:00:00 web:1] boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'Ruby',
    String.raw`[A-Z], \[(?<time>${timePattern}) ?#\d+\] +${upper} -- [^:]*: ${text}`,
    'E, [2026-01-21T09:00:00.123456 #812] ERROR -- : boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'glog and klog',
    String.raw`(?<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \S+\] ${text}`,
    'E0121 09:00:00.123456       1 fare.go:12] boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'logrus in a terminal',
    String.raw`(?<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[[^\]]+\] ${text}`,
    'ERRO[0001] boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'Monolog',
    String.raw`(?<context>[\w-]+)\.${upper}: ${text}`,
    '[2026-01-21T09:00:00.123456+08:00] production.ERROR: boom',
    { level: 'error', text: 'boom · production' },
  ),
  format(
    'loguru',
    String.raw`${upper} *\| ?${text}`,
    '2026-01-21 09:00:00.123 | ERROR    | fare:price:12 - boom',
    { level: 'error', text: 'fare:price:12 - boom' },
  ),
  format(
    'Python’s logging',
    String.raw`(?:- )?(?<context>[\w.]+) - ${upper} - ${text}`,
    '2026-01-21 09:00:00,123 - fare.price - ERROR - boom',
    { level: 'error', text: 'boom · fare.price' },
  ),
  format('Python’s basicConfig', String.raw`${upper}:(?<context>[\w.]+):${text}`, 'ERROR:root:boom', {
    level: 'error',
    text: 'boom · root',
  }),
  format(
    'PostgreSQL',
    String.raw`(?:\[\d+\]:? )?(?:\S+@\S+ )?(?<level>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC): +${text}`,
    '2026-01-21 09:00:00.123 UTC [812] d2@rides FATAL:  boom',
    { level: 'error', text: 'boom' },
  ),
  format('npm', `npm (?<level>ERR|WARN|error|warn|info|http|verb|sill|notice)!? ${text}`, 'npm ERR! boom', {
    level: 'error',
    text: 'boom',
  }),
  format('pino-pretty', String.raw`${upper}(?: \([^)]*\))?: ${text}`, '[09:00:00.123] ERROR (812): boom', {
    level: 'error',
    text: 'boom',
  }),
  format('winston’s simple, uvicorn, systemd and .NET', `${word}: +${text}`, 'error: boom', {
    level: 'error',
    text: 'boom',
  }),
  format(
    'winston’s printf',
    String.raw`\[(?<context>[\w .:/@-]{1,64})\] ${word}: +${text}`,
    '2026-01-21T01:00:00.123Z [api] error: boom',
    { level: 'error', text: 'boom · api' },
  ),
  format(
    'a level before its writer',
    String.raw`${word} \[(?<context>[\w .:/@-]{1,64})\]:? ${text}`,
    'error [api] boom',
    { level: 'error', text: 'boom · api' },
  ),
  format(
    'a level after its writer',
    String.raw`\[(?<context>[\w .:/@-]{1,64})\] (?!HTTP|LOG|CONFIG|SUCCESS)${upper} ${text}`,
    '2026-01-21 09:00:00 [api] ERROR boom',
    { level: 'error', text: 'boom · api' },
  ),
  format(
    'a level in brackets',
    // [HTTP] and [CONFIG] name a part of a program as often as a level.
    String.raw`(?:\[[\w.:/@-]{1,64}\] ?){0,3}[\[(<|]\s*(?!(?:HTTP|http|LOG|log|CONFIG|config|SUCCESS|success)\b)${word}\s*[\])>|]:? *${text}`,
    '[CRITICAL] boom',
    { level: 'error', text: 'boom' },
  ),
  format(
    'a level first',
    // Of these words only: LOG, HTTP or CONFIG begin sentences too.
    String.raw`(?<level>TRACE|DEBUG|VERBOSE|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|CRIT|SEVERE|ALERT|EMERG|EMERGENCY|PANIC)(?: +[-:|])? +(?:\[(?<context>[^\]]{1,80})\] ?[-:]? )?${text}`,
    '2026-01-21 09:00:00.123 ERROR [Fare] boom',
    { level: 'error', text: 'boom · Fare' },
  ),
];
