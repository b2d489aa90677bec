import { afterEach, expect, test } from 'vitest';
import { createCompute } from '../../src/aws/compute.ts';
import { settingsOf } from '../environment-settings.ts';
import { type Answer, clientsOf, ec2Error, startWire } from './wire.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const tag = (key: string, value: string) => `<item><key>${key}</key><value>${value}</value></item>`;
const item = (id: string, rest = '', tags = '', state = 'running') =>
  `<item><instancesSet><item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState>${rest}<tagSet>${tags}</tagSet></item></instancesSet></item>`;
const list = (...items: string[]): Answer => ({
  body: `<DescribeInstancesResponse><reservationSet>${items.join('')}</reservationSet></DescribeInstancesResponse>`,
});
const spot = (request: string): Answer => ({
  body: `<DescribeSpotInstanceRequestsResponse><spotInstanceRequestSet><item>${request}</item></spotInstanceRequestSet></DescribeSpotInstanceRequestsResponse>`,
});
const protectedBy = (value: boolean): Answer => ({
  body: `<DescribeInstanceAttributeResponse><disableApiStop><value>${value}</value></disableApiStop></DescribeInstanceAttributeResponse>`,
});

/** Lists, then asks what holds each. */
async function findOf(listed: Answer, answers: Readonly<Record<string, Answer>>) {
  const wire = await startWire(({ action }) =>
    action === 'DescribeInstances' ? listed : (answers[action] ?? { status: 400, body: '' }),
  );
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const compute = createCompute({ clients, settings: settingsOf('dev') });
  const instances = await compute.listInstances(call());
  return { instances, wire, found: await compute.findStopObstacles(instances, call()) };
}

test('an instance without a Name tag is called by its id', async () => {
  const { instances } = await findOf(list(item('i-1'), item('i-2', '', tag('Name', 'two'))), {
    DescribeInstanceAttribute: protectedBy(false),
  });
  expect(instances.map(({ name }) => name)).toEqual(['i-1', 'two']);
});

test('those that end or have ended are not asked for: another may have their tags', async () => {
  const { wire } = await findOf(list(), {});
  expect(wire.seen[0]?.body).toContain('pending');
  expect(wire.seen[0]?.body).not.toMatch(/shutting-down|terminated/);
});

test('stop protection is asked of each', async () => {
  const listed = list(item('i-1'), item('i-2'));
  const held = await findOf(listed, { DescribeInstanceAttribute: protectedBy(true) });
  expect(held.found).toEqual({
    held: [
      { instance: 'i-1', kind: 'stop protection' },
      { instance: 'i-2', kind: 'stop protection' },
    ],
    unknown: [],
  });
  const free = await findOf(listed, { DescribeInstanceAttribute: protectedBy(false) });
  expect(free.found).toEqual({ held: [], unknown: [] });
});

test.each([
  ['a group', tag('aws:autoscaling:groupName', 'web'), '', { kind: 'Auto Scaling', by: 'web' }],
  ['a fleet', tag('aws:ec2:fleet-id', 'fleet-1'), '', { kind: 'fleet', by: 'fleet-1' }],
  ['a spot fleet', tag('aws:ec2spot:fleet-request-id', 'sfr-1'), '', { kind: 'fleet', by: 'sfr-1' }],
  ['an instance store', '', '<rootDeviceType>instance-store</rootDeviceType>', { kind: 'instance store' }],
])('%s tells by itself, without a question', async (_, tags, rest, obstacle) => {
  const { found, wire } = await findOf(list(item('i-1', rest, tags)), {});
  expect(found).toEqual({ held: [{ instance: 'i-1', ...obstacle }], unknown: [] });
  expect(wire.seen.map(({ action }) => action)).toEqual(['DescribeInstances']);
});

const persistent = '<type>persistent</type><state>active</state>';
test.each([
  ['<type>one-time</type><state>active</state>', true],
  ['<state>active</state>', true],
  [persistent, false],
  ['<type>persistent</type><state>cancelled</state>', true],
  [`${persistent}<launchGroup>group</launchGroup>`, true],
  [`${persistent}<availabilityZoneGroup>zone</availabilityZoneGroup>`, true],
])('a spot instance is held by its request: %s', async (request, held) => {
  const { found } = await findOf(list(item('i-1', '<spotInstanceRequestId>sir-1</spotInstanceRequestId>')), {
    DescribeSpotInstanceRequests: spot(request),
  });
  expect(found.held).toEqual(held ? [{ instance: 'i-1', kind: 'one-time spot', by: 'sir-1' }] : []);
});

test('what could not be asked is said, of that instance alone', async () => {
  const { found } = await findOf(
    list(item('i-1'), item('i-2', '', tag('aws:autoscaling:groupName', 'web'))),
    { DescribeInstanceAttribute: ec2Error('UnauthorizedOperation', 403) },
  );
  expect(found).toEqual({
    held: [{ instance: 'i-2', kind: 'Auto Scaling', by: 'web' }],
    unknown: [{ instance: 'i-1', reason: 'The bot lacks the IAM permission ec2:DescribeInstanceAttribute.' }],
  });
});
