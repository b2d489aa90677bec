import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long and waits for most of it, longest first: programs that start, states that pass. */
const waiting = [
  'worlds/',
  'e2e/commands',
  'e2e/shutdown',
  'backend-api/package',
  'packaging/npx',
  'e2e/',
  'backend-api/iam',
  'backend-api/drain',
  'backend-api/reload',
  'sandbox/database/lifecycle',
  'sandbox/page/page',
  'slack/listeners.',
];
/** What takes long and lets no processor rest, longest first. */
const computing = [
  'infra/toggles.',
  'ssm-documents/verbs',
  'infra/user-data-release',
  'infra/bootstrap',
  'backend-api/',
  'infra/',
  'sandbox/terraform/',
  'ssm-documents/',
  'core/operation/',
];

/**
 * Begins with the files that take longest, so that no worker is left with one of them at the end, and lets those that
 * wait run beside those that compute.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const indexIn = (parts: readonly string[], { moduleId }: TestSpecification) =>
      parts.findIndex((part) => moduleId.includes(`/test/${part}`));
    const slow = (parts: readonly string[]) =>
      sorted
        .filter((file) => indexIn(parts, file) >= 0)
        .sort((a, b) => indexIn(parts, a) - indexIn(parts, b));
    const waits = slow(waiting);
    const computes = slow(computing).filter((file) => !waits.includes(file));
    // By how far each is in its own row, so that both rows end together.
    const placed = (row: TestSpecification[]) => row.map((file, index) => ({ file, at: index / row.length }));
    const both = [...placed(waits), ...placed(computes)].sort((a, b) => a.at - b.at).map(({ file }) => file);
    return [...both, ...sorted.filter((file) => !both.includes(file))];
  }
}
