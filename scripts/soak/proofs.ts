export interface Proof {
  /** What holds in every round. */
  claim: string;
  file: string;
  /** Of the tests' names, as Vitest's `-t` takes it. */
  tests: string;
  /** Wanted in all, of each test. */
  rounds: number;
  /** In one go, about a minute's worth: what is lost when it is interrupted. */
  chunk: number;
}

export const proofs: readonly Proof[] = [
  {
    claim: 'Any command line is parsed or refused in words',
    file: 'test/core/command/parser.test.ts',
    tests: 'any line at all .*a new one',
    rounds: 1_000_000,
    chunk: 50_000,
  },
  {
    claim: 'A log line of any writer shows its level, and is found by it',
    file: 'test/commands/log-levels.test.ts',
    tests: 'each line of any writer',
    rounds: 100_000,
    chunk: 20_000,
  },
  {
    claim: 'A delivery of another app, team or enterprise is not ours',
    file: 'test/slack/verify/request-verifier.test.ts',
    tests: 'a delivery of another app, team or enterprise',
    rounds: 100_000,
    chunk: 50_000,
  },
  {
    claim: 'No secret of any kind comes through, and ordinary lines do',
    file: 'test/core/reply/redaction.test.ts',
    tests: 'what never leaves the bot',
    rounds: 10_000,
    chunk: 2_000,
  },
  {
    claim: 'Wherever a process dies in a change, another ends it once, and nothing is done twice',
    file: 'test/core/operation/interruptions.test.ts',
    tests: 'its process killed at any call',
    rounds: 1,
    chunk: 1,
  },
  {
    claim:
      'Whichever call to anything around the bot goes wrong, a change ends once and nothing is done twice',
    file: 'test/core/operation/faults.test.ts',
    tests: 'one call gone wrong',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'With many calls gone wrong, a change still ends once and nothing is done twice',
    file: 'test/core/operation/faults.test.ts',
    tests: 'many calls gone wrong',
    rounds: 10_000,
    chunk: 1_000,
  },
  {
    claim: 'No reply shows a live mention, link or button that comes from data',
    file: 'test/slack/render/render.test.ts',
    tests: 'whatever a reply holds',
    rounds: 10_000,
    chunk: 1_000,
  },
  {
    claim: 'No reply steers the terminal',
    file: 'test/terminal/render.test.ts',
    tests: 'never passes on what steers a terminal',
    rounds: 10_000,
    chunk: 1_000,
  },
  {
    claim: "The sandbox's page reads any mrkdwn, and finds nothing live in escaped text",
    file: 'test/sandbox/page/mrkdwn.test.ts',
    tests: 'mrkdwn',
    rounds: 100_000,
    chunk: 20_000,
  },
  {
    claim: 'With a fifth of all calls to AWS failing, the whole bot applies nothing twice',
    file: 'test/e2e/trouble.test.ts',
    tests: 'a fifth of all calls to AWS fail',
    rounds: 20,
    chunk: 2,
  },
  {
    claim: 'Every pair of toggles makes and destroys just what is theirs',
    file: 'test/infra/toggles.test.ts',
    tests: 'the toggles of dev',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Every module of the Terraform is valid by itself',
    file: 'test/infra/layout.test.ts',
    tests: 'terraform itself',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'No payload in any parameter of a document is ever run',
    file: 'test/ssm-documents/canaries.test.ts',
    tests: 'payload',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'A first boot whose release will not do says so, and goes well once that is mended',
    file: 'test/infra/user-data-release.test.ts',
    tests: 'a release that will not do',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: "The operators' scripts end rightly in every trouble",
    file: 'test/infra/scripts.test.ts',
    tests: 'the scripts in a real shell',
    rounds: 1,
    chunk: 1,
  },
  {
    claim:
      'An empty account takes every root with all that can be switched on, and is empty again afterwards',
    file: 'test/infra/roots.soak.test.ts',
    tests: 'an empty account',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Whatever goes wrong with one call, a change is applied at most once and its end told truly',
    file: 'test/e2e/trouble.test.ts',
    tests: 'it is applied at most once',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Wherever a bot is killed in a stop or a start, the next one ends it, and nothing is done twice',
    file: 'test/e2e/shutdown.test.ts',
    tests: 'the bot killed in the middle',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Whatever Slack answers for a while, the outcome arrives once',
    file: 'test/e2e/trouble.test.ts',
    tests: 'the outcome still arrives',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Whatever a login shell’s profile does, nobody waits for it for ever',
    file: 'test/ssm-documents/copies.test.ts',
    tests: 'are missed, without waiting for ever',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'In either world, every verb of PM2 touches its one service',
    file: 'test/worlds/commands.test.ts',
    tests: 'touches its one service',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'The image is built from the lockfile alone',
    file: 'test/packaging/dockerfile.test.ts',
    tests: 'the image',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'Reload after reload loses no request',
    file: 'test/backend-api/reload.test.ts',
    tests: 'pm2 reload, under load',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'backend-api keeps what it said it kept, however often its database is killed',
    file: 'test/backend-api/database.test.ts',
    tests: 'stays up while it is killed',
    rounds: 1,
    chunk: 1,
  },
  {
    claim: 'A ride has one driver and one end, however many ask at once',
    file: 'test/backend-api/rides.test.ts',
    tests: 'has one winner of all drivers|ends once, when its driver',
    rounds: 100,
    chunk: 50,
  },
];
