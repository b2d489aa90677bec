import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long and waits for most of it, longest first: programs that start, states that pass. */
const waiting = [
  'worlds/',
  'e2e/outages',
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
];

/**
 * Begins with the files that take longest, so that no worker is left with one of them at the end, and lets those that
 * wait run beside those that compute. Each project in one go: a worker is of one project.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const indexIn = (parts: readonly string[], { moduleId }: TestSpecification) =>
      parts.findIndex((part) => moduleId.includes(`/test/${part}`));
    const quick = sorted.filter(({ project }) => project.name === 'quick');
    const whole = sorted.filter((file) => !quick.includes(file));
    const lasts = whole.filter((file) => indexIn([...waiting, ...computing], file) < 0);
    const slow = (parts: readonly string[]) =>
      whole.filter((file) => indexIn(parts, file) >= 0).sort((a, b) => indexIn(parts, a) - indexIn(parts, b));
    const waits = slow(waiting);
    const computes = slow(computing).filter((file) => !waits.includes(file));
    // By how far each is in its own row, so that both rows end together.
    const placed = (row: TestSpecification[]) => row.map((file, index) => ({ file, at: index / row.length }));
    const both = [...placed(waits), ...placed(computes)].sort((a, b) => a.at - b.at).map(({ file }) => file);
    return [...both, ...lasts, ...quick];
  }
}
