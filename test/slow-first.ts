import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, longest first. */
const slow = [
  'worlds/',
  'e2e/outages',
  'ssm-documents/verbs',
  'e2e/',
  'backend-api/package',
  'infra/toggles',
  'backend-api/',
  'packaging/npx',
  'infra/',
  'sandbox/page/',
  'sandbox/terraform/',
  'ssm-documents/',
];

/** Begins with the files that take longest, so that no worker is left with one of them at the end. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((part) => moduleId.includes(`/test/${part}`));
      return found < 0 ? slow.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
