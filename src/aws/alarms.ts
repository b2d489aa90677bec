import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarms } from '../platform/alarms.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { readPages } from './client/pages.ts';
import { isNamedFor } from './tags.ts';

/** CloudWatch's metric alarms of an environment. DescribeAlarms tells no tags, so they are known by their name, or by what they watch. */
export function createAlarms({
  clients,
  settings: { project, name: env },
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Alarms {
  return {
    async listAlarms(call) {
      const alarms = await readPages(async (NextToken) => {
        const command = new DescribeAlarmsCommand({
          AlarmTypes: ['MetricAlarm'],
          MaxRecords: 100,
          NextToken,
        });
        const page = await read(clients.cloudwatch, command, call);
        return { items: page.MetricAlarms, next: page.NextToken };
      });
      return alarms
        .filter(({ AlarmName = '', Dimensions = [] }) =>
          [AlarmName, ...Dimensions.map(({ Value = '' }) => Value)].some((name) =>
            isNamedFor(name, project, env),
          ),
        )
        .map((alarm) => ({
          name: alarm.AlarmName ?? '',
          state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
          since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
          reason: alarm.StateReason ?? '',
        }));
    },
  };
}
