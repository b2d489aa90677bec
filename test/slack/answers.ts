import type { Answer } from '../../src/core/reply/answer.ts';
import type { Reply } from '../../src/core/reply/reply.ts';

export const id = '01K9Z0000000000000000000AA';
const at = new Date('2026-11-23T03:18:02Z');

export const answer = (state: Answer['state'], reply: Partial<Reply> & Pick<Reply, 'title'>): Answer => ({
  id,
  state,
  reply: { tone: 'info', summary: '', parts: [], actions: [], ...reply },
});

/** One of everything that Slack is shown, for the golden files. */
export const answers: Record<string, Answer> = {
  status: {
    ...answer('done', {
      title: ['dev is up and ', { kind: 'strong', text: 'well' }],
      tone: 'good',
      summary: 'dev is up and well',
      parts: [
        {
          kind: 'facts',
          facts: [
            { label: 'backend-api', value: 'ok 14 ms · r42 · up 3 h', tone: 'good' },
            { label: 'database', value: ['stopping, ', { kind: 'code', text: 'db-1' }], tone: 'warn' },
            { label: 'ALB', value: '0/1 healthy', tone: 'bad' },
            { label: 'last', value: ['Omar started dev, ', { kind: 'time', at, as: 'both' }] },
          ],
        },
        { kind: 'note', text: ['$0.19/h & more since ', { kind: 'time', at, as: 'clock' }] },
      ],
      details: [
        {
          kind: 'table',
          columns: ['name', 'id', 'state'],
          rows: [
            ['backend', 'i-080c218b1eb3925ee', 'running'],
            ['bastion', 'i-0123456789abcdef0', 'stopped'],
          ],
        },
      ],
      actions: [
        {
          kind: 'invoke',
          label: 'Logs',
          invocation: { command: 'logs', args: { env: 'dev', service: 'backend-api' } },
        },
      ],
    }),
    shareable: true,
    private: false,
    invocation: { command: 'status', args: { env: 'dev' } },
  },
  plan: answer('waiting', {
    title: 'Stop dev?',
    tone: 'warn',
    summary: 'Stop dev? Omar asks',
    parts: [
      {
        kind: 'facts',
        facts: [
          { label: '1 EC2', value: 'stop d2-ride-booking-dev-backend' },
          { label: 'Saves', value: '$0.07/h' },
        ],
      },
      {
        kind: 'text',
        text: ['⚠ ', { kind: 'person', id: 'U0VERA', name: 'Vera' }, ': 14 requests, last 2 min ago'],
      },
      { kind: 'note', text: ['Good until ', { kind: 'time', at, as: 'clock' }, ' · ', id] },
    ],
    details: [{ kind: 'text', text: ['Calls: ', { kind: 'code', text: 'ec2:StopInstances' }] }],
    actions: [
      { kind: 'move', label: 'Stop dev', move: 'confirm', operation: id, style: 'danger' },
      { kind: 'move', label: 'Don’t', move: 'dismiss', operation: id },
    ],
  }),
  running: answer('working', {
    title: 'Stopping dev · Omar · 2 m 10 s',
    summary: 'Stopping dev · Omar · 2 m 10 s',
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
          { title: 'Check', state: 'todo', usualSeconds: 30 },
        ],
      },
      { kind: 'note', text: '≈ 4 m left' },
    ],
    actions: [
      { kind: 'move', label: 'Cancel after this step', move: 'cancel', operation: id },
      { kind: 'move', label: 'Tell me', move: 'tell', operation: id },
    ],
  }),
  done: answer('done', {
    title: 'dev is asleep',
    tone: 'good',
    summary: 'dev is asleep · 4 m 12 s',
    parts: [
      { kind: 'checklist', checks: [{ title: 'RDS stopped', state: 'done', seconds: 251 }] },
      { kind: 'note', text: `Omar · stop · ${id}` },
    ],
    actions: [{ kind: 'invoke', label: 'Start dev', invocation: { command: 'start', args: { env: 'dev' } } }],
  }),
  refused: answer('refused', {
    title: 'Not stopped: dev needs operator; you are viewer (group S0DEVS).',
    tone: 'bad',
    summary: 'Not stopped: dev needs operator',
    parts: [{ kind: 'text', text: 'Nothing was changed.\nOperators now: Omar, Ada' }],
    actions: [{ kind: 'invoke', label: 'Status', invocation: { command: 'status', args: {} } }],
  }),
  logs: answer('done', {
    title: 'backend-api · dev · errors · 30 min',
    tone: 'bad',
    summary: '37 lines',
    parts: [
      {
        kind: 'log',
        lines: [
          { at, level: 'error', text: 'connect ECONNREFUSED', count: 31 },
          { at, level: 'warn', text: 'slow query\n  at pool' },
          { text: 'no time, no level' },
        ],
      },
      { kind: 'log', lines: [] },
      {
        kind: 'note',
        text: ['See ', { kind: 'link', url: 'https://example.com/a?b=1&c=2', label: 'the <console>' }],
      },
    ],
  }),
  hostile: answer('failed', {
    title: '<!channel> a\u001b[2Jb & <@U0OMAR>',
    tone: 'bad',
    summary: '<!everyone> \u202egnp.exe & <https://evil.example|here>',
    parts: [
      {
        kind: 'text',
        text: 'bidi \u202egnp.exe\u202c zero\u200bwidth \u3164 tab\tline\r\nnext\rover \ud800',
      },
      { kind: 'facts', facts: [{ label: 'two\nlines', value: '<!here> <https://evil.example|here>' }] },
      { kind: 'note', text: '<!channel> & <@U0OMAR> <https://evil.example|here>' },
      {
        kind: 'note',
        text: [{ kind: 'link', url: 'https://example.com/|<!channel>', label: 'a|b> <!here>' }],
      },
      {
        kind: 'text',
        text: [
          { kind: 'link', url: 'javascript:alert(1)', label: 'a link' },
          ' ',
          { kind: 'person', id: 'everyone', name: '@everyone', mention: true },
          { kind: 'person', id: 'U0OMAR', name: '<@U0OMAR>' },
        ],
      },
      { kind: 'table', columns: ['<!here>'], rows: [['日本語', 'extra'], ['a\nb\u001b[31m']] },
      { kind: 'log', lines: [{ text: '```<!channel> *bold* @here' }] },
      { kind: 'text', text: [{ kind: 'time', at: new Date(Number.NaN), as: 'clock' }] },
    ],
    actions: [
      {
        kind: 'invoke',
        label: ' \n<!here>\u202e',
        invocation: { command: 'status', args: { env: '<!here>' } },
      },
    ],
  }),
};
