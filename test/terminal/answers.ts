import type { Answer } from '../../src/core/reply/answer.ts';
import type { Reply } from '../../src/core/reply/reply.ts';

const at = new Date('2026-11-23T03:18:02Z');

const answer = (state: Answer['state'], reply: Partial<Reply> & Pick<Reply, 'title'>): Answer => ({
  id: '01K9Z0000000000000000000AA',
  state,
  reply: { tone: 'info', summary: '', parts: [], actions: [], ...reply },
});

/** One of everything that a reply can hold, for the golden files. */
export const answers: Record<string, Answer> = {
  status: answer('done', {
    title: ['dev is up and well'],
    tone: 'good',
    parts: [
      {
        kind: 'facts',
        facts: [
          { label: 'backend-api', value: 'ok 14 ms · r42 · up 3 h', tone: 'good' },
          {
            label: 'database',
            value: [{ kind: 'code', text: 'd2-ride-booking-dev-rds-mysql' }, ' is stopping'],
            tone: 'warn',
          },
          { label: 'last', value: ['Omar started dev, ', { kind: 'time', at, as: 'both' }] },
        ],
      },
      {
        kind: 'note',
        text: ['since ', { kind: 'time', at, as: 'clock' }, ' on ', { kind: 'time', at, as: 'day' }],
      },
    ],
    details: [
      {
        kind: 'table',
        columns: ['name', 'id', 'state', 'private IP'],
        rows: [
          ['d2-ride-booking-dev-backend', 'i-080c218b1eb3925ee', 'running', '10.0.11.20'],
          ['d2-ride-booking-dev-bastion', 'i-0123456789abcdef0', 'stopped'],
        ],
      },
      {
        kind: 'text',
        text: ['See ', { kind: 'link', url: 'https://example.com/a', label: 'the console' }, '.'],
      },
    ],
    actions: [
      {
        kind: 'invoke',
        label: 'Logs',
        invocation: {
          command: 'logs',
          args: {
            env: 'dev',
            service: 'backend-api',
            filter: 'fare is NaN',
            level: 'error',
            follow: true,
            quiet: false,
          },
        },
      },
      { kind: 'move', label: 'Tell me', move: 'tell', operation: '01K9Z0000000000000000000AA' },
    ],
  }),
  plan: answer('waiting', {
    title: 'Stop dev?',
    tone: 'warn',
    parts: [
      { kind: 'facts', facts: [{ label: '1 EC2', value: 'stop d2-ride-booking-dev-backend' }] },
      {
        kind: 'text',
        text: ['⚠ ', { kind: 'person', id: 'U0VERA', name: 'Vera' }, ': 14 requests, last 2 min ago'],
      },
    ],
    actions: [{ kind: 'move', label: 'Stop dev', move: 'confirm', operation: '01K9Z0000000000000000000AA' }],
  }),
  progress: answer('working', {
    title: 'Stopping dev · Omar · 2 m 10 s',
    parts: [
      {
        kind: 'checklist',
        checks: [
          { title: 'PM2 stopped', state: 'done', seconds: 4 },
          { title: 'EC2 stopped', state: 'already', seconds: 0 },
          { title: 'RDS stopped', state: 'doing', seconds: 85, usualSeconds: 300, note: 'backing-up' },
          {
            title: 'PM2 restarted',
            state: 'doing',
            seconds: 70,
            note: ['its answer was lost; looking since ', { kind: 'time', at, as: 'clock' }],
          },
          { title: 'Balancer', state: 'failed', note: 'AccessDenied' },
          { title: 'Trail', state: 'unknown' },
          { title: 'Mail', state: 'skipped' },
          { title: 'Check', state: 'todo' },
        ],
      },
    ],
  }),
  logs: answer('done', {
    title: 'backend-api · dev · errors · 30 min',
    tone: 'bad',
    parts: [
      {
        kind: 'log',
        lines: [
          { at, level: 'error', text: 'connect ECONNREFUSED', count: 31 },
          { at, level: 'warn', text: 'slow query\n  at pool' },
          { at, level: 'info', text: 'ok' },
          { text: 'no time, no level' },
        ],
      },
      { kind: 'log', lines: [] },
    ],
  }),
  hostile: answer('failed', {
    title: 'a\u001b[2Jb\u0007c',
    tone: 'bad',
    parts: [
      { kind: 'text', text: 'bidi \u202egnp.exe\u202c zero\u200bwidth \u009b31m tab\tline\r\nnext\rover' },
      { kind: 'facts', facts: [{ label: 'two\nlines', value: 'one\ntwo' }] },
      {
        kind: 'table',
        columns: ['\u001b]0;title\u0007'],
        rows: [
          ['日本語テキスト', 'extra'],
          ['🚗 車', '\n'],
        ],
      },
      { kind: 'text', text: [{ kind: 'link', url: 'https://example.com/\u001b[31m\n', label: '\u2066x' }] },
      { kind: 'text', text: [{ kind: 'time', at: new Date(Number.NaN), as: 'clock' }] },
    ],
  }),
};
