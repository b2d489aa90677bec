import type { Clock } from '../clock.ts';
import type { World } from '../worlds/world.ts';
import { accountId, region } from './constants.ts';
import { AwsError } from './errors.ts';
import { numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';

/** The world's alarms, all OK until a test has one fire. */
export function createCloudWatch(clock: Clock, alarms: World['alarms']) {
  const firing = new Map<string, Date>();
  const quietSince = new Date(clock.now().getTime() - 86_400_000);

  const shown = ({ name, metric, namespace, dimension, threshold }: World['alarms'][number]) => {
    const since = firing.get(name);
    return {
      AlarmName: name,
      AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      StateValue: since ? 'ALARM' : 'OK',
      StateReason: since
        ? `Threshold Crossed: 1 datapoint was greater than or equal to the threshold (${threshold}.0).`
        : `Threshold Crossed: 1 datapoint was not greater than or equal to the threshold (${threshold}.0).`,
      StateUpdatedTimestamp: since ?? quietSince,
      StateTransitionedTimestamp: since ?? quietSince,
      ActionsEnabled: true,
      MetricName: metric,
      Namespace: namespace,
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [dimension],
    };
  };

  const service: Service = {
    name: 'monitoring',
    protocol: 'cbor',
    actions: {
      DescribeAlarms: {
        run(input) {
          const names = textsOf(input, 'AlarmNames');
          const state = textOf(input, 'StateValue');
          const types = textsOf(input, 'AlarmTypes');
          const found = alarms
            .map(shown)
            .filter(({ AlarmName }) => AlarmName.startsWith(textOf(input, 'AlarmNamePrefix')))
            .filter(({ AlarmName }) => names.length === 0 || names.includes(AlarmName))
            .filter(({ StateValue }) => state === '' || state === StateValue);
          const metric = types.length === 0 || types.includes('MetricAlarm');
          const { items, next } = pageOf(
            metric ? found : [],
            textOf(input, 'NextToken'),
            numberOf(input, 'MaxRecords') ?? 50,
          );
          return { MetricAlarms: items, CompositeAlarms: [], NextToken: next };
        },
      },
    },
  };
  return {
    service,
    fire(name: string): void {
      if (!alarms.some((alarm) => alarm.name === name))
        throw new AwsError('ResourceNotFound', `No alarm ${name}.`);
      firing.set(name, clock.now());
    },
  };
}
