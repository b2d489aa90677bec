import type { AwsCall } from './aws-account.ts';

export interface Chain {
  calls: number;
  /** What its calls took at AWS, one after the other. */
  ms: number;
}

/** The longest row of calls that each began after the one before had ended. */
export function longestChain(calls: readonly AwsCall[]): Chain {
  const ordered = [...calls].sort((a, b) => a.to - b.to);
  const chains: Chain[] = [];
  for (const [index, call] of ordered.entries()) {
    const before = ordered.slice(0, index).flatMap((other, at) => {
      const chain = chains[at];
      return other.to <= call.from && chain ? [chain] : [];
    });
    const longest = longestOf(before);
    chains.push({ calls: longest.calls + 1, ms: longest.ms + call.to - call.from });
  }
  return longestOf(chains);
}

const longestOf = (chains: readonly Chain[]): Chain =>
  chains.reduce((longest, chain) => (chain.ms > longest.ms ? chain : longest), { calls: 0, ms: 0 });
