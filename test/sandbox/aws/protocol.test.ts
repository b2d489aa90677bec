import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { memberedProtocol, queryProtocol } from '../../../sandbox/aws/protocol/query.ts';
import { mapsOf, textOf, textsOf } from '../../../sandbox/aws/service.ts';

const request = new IncomingMessage(new Socket());
const decoded = (body: string) => queryProtocol.decode(request, Buffer.from(body));

test('a query’s numbered fields become lists in their order', () => {
  const { action, input } = decoded(
    'Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3AName&Filter.1.Value.2=b&Filter.1.Value.1=a&InstanceId.1=i-1',
  );
  const [filter = {}] = mapsOf(input, 'Filter');
  expect([action, textOf(filter, 'Name'), textsOf(filter, 'Value'), textsOf(input, 'InstanceId')]).toEqual([
    'DescribeInstances',
    'tag:Name',
    ['a', 'b'],
    ['i-1'],
  ]);
});

test('a query’s `member` and named lists are lists too', () => {
  const { input } = decoded('Action=X&Names.member.1=a&Names.member.2=b&Filters.Filter.1.Name=n');
  expect(textsOf(input, 'Names')).toEqual(['a', 'b']);
  expect(mapsOf(input, 'Filters').map((one) => textOf(one, 'Name'))).toEqual(['n']);
});

test('a name such as __proto__ is a name', () => {
  const { input } = decoded('Action=X&__proto__.polluted=1&constructor.prototype.polluted=1');
  expect(textOf(input, 'polluted')).toBe('');
  expect({}).not.toHaveProperty('polluted');
});

test('lists are members, and what people wrote is escaped, to an older AWS CLI', () => {
  const { body } = memberedProtocol.encode('DescribeAlarms', {
    MetricAlarms: [{ AlarmName: 'a<b', Since: new Date(0) }, { AlarmName: 'c' }],
  });
  expect(body).toContain(
    '<MetricAlarms><member><AlarmName>a&lt;b</AlarmName><Since>1970-01-01T00:00:00.000Z</Since></member><member><AlarmName>c</AlarmName></member></MetricAlarms>',
  );
});
