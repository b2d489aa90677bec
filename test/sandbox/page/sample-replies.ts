import type { KnownBlock, RichTextElement } from '@slack/types';

/** Answers as the bot renders them: rich text, a state in the first block's id, buttons last. */

const bold = (text: string): RichTextElement => ({ type: 'text', text, style: { bold: true } });
const plain = (text: string): RichTextElement => ({ type: 'text', text });

const section = (elements: RichTextElement[], block_id?: string): KnownBlock => ({
  type: 'rich_text',
  ...(block_id ? { block_id } : {}),
  elements: [{ type: 'rich_text_section', elements }],
});

export const buttons = (...labels: string[]): KnownBlock => ({
  type: 'actions',
  elements: labels.map((label, index) => ({
    type: 'button',
    action_id: `move:${label.toLowerCase()}`,
    text: { type: 'plain_text', text: label },
    value: 'x',
    ...(index === 0 && label.startsWith('Stop') ? { style: 'danger' as const } : {}),
  })),
});

export function status(id: string): KnownBlock[] {
  return [
    section([plain('● '), bold('dev is up and well')], `d2:${id}:done`),
    section([
      bold('backend-api  '),
      plain('ok 14 ms · r42 · up 3 h\n'),
      bold('database  '),
      plain('available\n'),
      bold('ALB  '),
      plain('1/1 healthy\n'),
      bold('on  '),
      plain('NAT, bastion, endpoints\n'),
      bold('$0.19/h'),
      plain(' · last: '),
      { type: 'user', user_id: 'U0OMAR' },
      plain(' started dev, '),
      {
        type: 'date',
        timestamp: 1_795_399_440,
        format: '{date_short_pretty} {time}',
        fallback: '23 Nov 06:04',
      },
    ]),
    buttons('Logs', 'Restart', 'Stop…', 'Details', 'Share'),
  ];
}

export function stopCard(id: string): KnownBlock[] {
  return [
    section([plain('⚠ '), bold('Stop dev?')], `d2:${id}:waiting`),
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_preformatted',
          elements: [
            plain(
              '1  PM2  stop backend-api\n2  EC2  i-080c218b1eb3925ee backend\n3  RDS  d2-ride-booking-dev-rds-mysql',
            ),
          ].filter((element) => element.type === 'text'),
        },
      ],
    },
    section([
      bold('Takes  '),
      plain('about 6 min\n'),
      bold('Saves  '),
      plain('$0.07/h\n'),
      bold('Still  '),
      plain('$0.12/h: NAT .06, ALB .03, endpoints .04, storage'),
    ]),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: 'AWS restarts RDS by itself in *7 days*. <https://docs.aws.amazon.com/|Why>',
        },
      ],
    },
    buttons('Stop dev', 'Cancel'),
  ];
}

const marks = ['✓', '◐', '○'];

/** The first `done` steps are done, the next one is under way. */
export function checklist(id: string, done: number): KnownBlock[] {
  const steps = ['PM2 stopped', 'EC2 stopped', 'RDS stopped', 'Check'];
  const isEnd = done >= steps.length;
  const rows = steps.flatMap((step, index): RichTextElement[] => {
    const mark = marks[Math.min(2, Math.max(0, index - done + 1))] ?? '○';
    const time = index < done ? `  ${index * 37 + 4} s` : index === done ? '\n    usually 4–6 min' : '';
    return [
      plain(`${mark} `),
      index === done ? bold(step) : plain(step),
      plain(`${time}${index < 3 ? '\n' : ' '}`),
    ];
  });
  return [
    section(
      [plain(isEnd ? '● ' : '○ '), bold(isEnd ? 'dev is stopped' : 'Stopping dev')],
      `d2:${id}:${isEnd ? 'done' : 'working'}`,
    ),
    section(rows),
    ...(isEnd ? [buttons('Start dev', 'Status')] : [buttons('Cancel after this step', 'Tell me')]),
  ];
}
