import type { Clock } from '../clock.ts';

interface Rate {
  burst: number;
  perSecond: number;
}

const perMinute = (calls: number): Rate => ({ burst: calls, perSecond: calls / 60 });

/** Slack's tiers, a method and minute; https://docs.slack.dev/apis/web-api/rate-limits */
const tiers: Readonly<Record<string, Rate>> = {
  'chat.update': perMinute(50),
  'chat.delete': perMinute(50),
  'chat.postEphemeral': perMinute(100),
  'conversations.info': perMinute(50),
  'conversations.open': perMinute(50),
  'usergroups.list': perMinute(20),
  'usergroups.users.list': perMinute(20),
  'users.info': perMinute(100),
  'views.open': perMinute(100),
  'views.update': perMinute(100),
  'views.publish': perMinute(100),
};

/** One message a second and channel, "short bursts" beyond it allowed. */
const posting: Rate = { burst: 5, perSecond: 1 };

export interface RateLimits {
  /** Counts one call. Answers the seconds to wait when it is one too many. */
  take(method: string, channel: string): number | undefined;
  clear(): void;
}

/** Buckets that refill on the sandbox's clock, so that turning it ends a limit. */
export function createRateLimits(clock: Clock): RateLimits {
  const buckets = new Map<string, { left: number; at: number }>();

  return {
    take(method, channel) {
      const rate = method === 'chat.postMessage' ? posting : tiers[method];
      if (!rate) return undefined;
      const key = method === 'chat.postMessage' ? `${method} ${channel}` : method;
      const now = clock.now().getTime();
      const bucket = buckets.get(key) ?? { left: rate.burst, at: now };
      bucket.left = Math.min(rate.burst, bucket.left + ((now - bucket.at) / 1000) * rate.perSecond);
      bucket.at = now;
      buckets.set(key, bucket);
      if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / rate.perSecond));
      bucket.left -= 1;
      return undefined;
    },
    clear: () => buckets.clear(),
  };
}
