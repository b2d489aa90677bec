import { accountId } from './auth/authenticate.ts';
import type { Service } from './service.ts';

export const sts: Service = {
  name: 'sts',
  protocol: 'query',
  actions: {
    GetCallerIdentity: {
      run: (_, caller) => ({
        Arn: caller,
        UserId: `AIDASANDBOX:${caller.split('/').at(-1)}`,
        Account: accountId,
      }),
    },
  },
};
