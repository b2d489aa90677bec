import { type Applied, appliedOnce } from './applied-once.ts';

export const appliedProd = (): Promise<Applied> =>
  appliedOnce('envs/prod', ['-var=alert_emails=["platform@example.com"]', '-var=flow_logs=true']);
