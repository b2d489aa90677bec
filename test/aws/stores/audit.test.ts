import { afterEach, expect, test } from 'vitest';
import { createAuditLog } from '../../../src/aws/stores/audit.ts';
import type { AuditEvent } from '../../../src/stores/audit.ts';
import { type Answer, clientsOf, json, jsonError, type Seen, startWire } from '../wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const at = new Date('2026-11-23T02:00:00Z');
const event: AuditEvent = {
  event: 'intent',
  operation: '01JD2Q4B8ZC0FFEE0000000000',
  command: 'stop',
  args: { env: 'dev' },
  env: 'dev',
  caller: { id: 'U0OMAR', name: 'omar', surface: 'slack' },
  at: at.toISOString(),
};

async function startTrail(answer: (seen: Seen, nth: number) => Answer) {
  const wire = await startWire(answer);
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const clock = { now: () => at, sleep: async () => {} };
  return { trail: createAuditLog({ clients, group: '/d2/chatops/audit', clock }), wire };
}

const actionsOf = (seen: readonly Seen[]) => seen.map(({ action }) => action);

test('an event is recorded in the stream of its surface and day, under its operation', async () => {
  const { trail, wire } = await startTrail(() => json({}));
  await trail.record(event);
  expect(JSON.parse(wire.seen[0]?.body ?? '')).toEqual({
    logGroupName: '/d2/chatops/audit',
    logStreamName: 'slack/2026-11-23',
    logEvents: [{ timestamp: at.getTime(), message: JSON.stringify(event) }],
  });
  expect(wire.seen[0]?.headers['user-agent']).toContain(`d2-op/${event.operation}`);
});

test('the day’s first event makes the stream, whoever else makes it too', async () => {
  for (const created of [json({}), jsonError('ResourceAlreadyExistsException')]) {
    const { trail, wire } = await startTrail(({ action }, nth) =>
      action === 'CreateLogStream' ? created : nth === 1 ? jsonError('ResourceNotFoundException') : json({}),
    );
    await trail.record(event);
    expect(actionsOf(wire.seen)).toEqual(['PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
  }
});

test('an event that AWS takes in and rejects was not recorded', async () => {
  const { trail } = await startTrail(() => json({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } }));
  await expect(trail.record(event)).rejects.toMatchObject({ name: 'UserError', code: 'unavailable' });
});

test('a group that is not there, or may not be written, is a refusal with a next step', async () => {
  const absent = await startTrail(() => jsonError('ResourceNotFoundException'));
  await expect(absent.trail.record(event)).rejects.toMatchObject({
    code: 'unavailable',
    hint: 'Create the log group /d2/chatops/audit with Terraform.',
  });
  const denied = await startTrail(() => jsonError('AccessDeniedException'));
  await expect(denied.trail.record(event)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('lacks the IAM permission logs:PutLogEvents'),
  });
});

test('an event whose answer was lost is sent again', async () => {
  const { trail, wire } = await startTrail((_, nth) => (nth === 1 ? 'reset' : json({})));
  await trail.record(event);
  expect(wire.seen).toHaveLength(2);
});
