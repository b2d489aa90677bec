import { type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { Alarms } from '../platform/alarms.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { createCompute } from './compute.ts';
import { describeDatabases } from './databases.ts';
import { isNamedFor } from './tags.ts';

/** CloudWatch's metric alarms of an environment. DescribeAlarms tells no tags, so they are known by their name, or by what they watch. */
export function createAlarms({
  clients,
  settings,
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Alarms {
  const names = settings.alarmPrefix === undefined ? settings.prefixes : [settings.alarmPrefix];
  const isOwn = ({ AlarmName = '', Dimensions = [] }: MetricAlarm) =>
    [AlarmName, ...Dimensions.map(({ Value = '' }) => Value)].some((name) => isNamedFor(name, names));

  /** Ids of its instances and databases, these by their resource's id too. */
  async function listWatched(call: Call): Promise<Set<string>> {
    const [instances, databases] = await Promise.all([
      createCompute({ clients, settings }).listInstances(call),
      describeDatabases({ clients, settings }, call),
    ]);
    return new Set([
      ...instances.map(({ id }) => id),
      ...databases.flatMap(({ DBInstanceIdentifier = '', DbiResourceId = '' }) => [
        DBInstanceIdentifier,
        DbiResourceId,
      ]),
    ]);
  }

  return {
    async listAlarms(call) {
      const alarms = await readAll(
        clients.cloudwatch,
        paginateDescribeAlarms,
        { AlarmTypes: ['MetricAlarm'], MaxRecords: 100 },
        ({ MetricAlarms }) => MetricAlarms,
        call,
      );
      const others = alarms.filter((alarm) => !isOwn(alarm));
      // Where a prefix is said, or every name tells, nothing else is asked.
      const watched =
        settings.alarmPrefix === undefined && others.length > 0 ? await listWatched(call) : new Set<string>();
      return alarms
        .filter(
          (alarm) =>
            isOwn(alarm) || alarm.Dimensions?.some(({ Value = '' }) => Value !== '' && watched.has(Value)),
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
