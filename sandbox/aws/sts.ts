import { accountId } from './identity.ts';
import type { Service } from './service.ts';

export const createSts = (as: { arn: string }): Service => ({
  name: 'sts',
  protocol: 'query',
  actions: {
    GetCallerIdentity: {
      run: () => ({ Arn: as.arn, UserId: `AIDASANDBOX:${as.arn.split('/').at(-1)}`, Account: accountId }),
    },
  },
});
