import type { Clock } from '../clock.ts';
import { accountId } from './identity.ts';
import type { Service } from './service.ts';
import { backendInstance, database, region } from './world.ts';

/** Two quiet alarms, and how a test makes one fire. */
export function createCloudWatch(clock: Clock) {
  const firing = new Map<string, Date>();
  const alarms = [
    {
      name: 'd2-ride-booking-dev-backend-status-check',
      metric: 'StatusCheckFailed',
      namespace: 'AWS/EC2',
      dimension: { Name: 'InstanceId', Value: backendInstance },
    },
    {
      name: 'd2-ride-booking-dev-rds-cpu',
      metric: 'CPUUtilization',
      namespace: 'AWS/RDS',
      dimension: { Name: 'DBInstanceIdentifier', Value: database.id },
    },
  ];
  const service: Service = {
    name: 'monitoring',
    protocol: 'cbor',
    actions: {
      DescribeAlarms: {
        run: () => ({
          MetricAlarms: alarms.map(({ name, metric, namespace, dimension }) => ({
            AlarmName: name,
            AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
            StateValue: firing.has(name) ? 'ALARM' : 'OK',
            StateReason: firing.has(name)
              ? 'Threshold Crossed: 1 datapoint was greater than the threshold.'
              : 'Threshold Crossed: no datapoints were greater than the threshold.',
            StateUpdatedTimestamp: firing.get(name) ?? new Date(clock.now().getTime() - 86_400_000),
            MetricName: metric,
            Namespace: namespace,
            Dimensions: [dimension],
          })),
          CompositeAlarms: [],
        }),
      },
    },
  };
  return { service, fire: (name: string) => firing.set(name, clock.now()) };
}
