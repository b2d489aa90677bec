import { AwsError } from '../errors.ts';

/** A refusal that says more in its headers. */
export class S3Error extends AwsError {
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: string, message: string, status: number, headers: Readonly<Record<string, string>>) {
    super(code, message, status);
    this.headers = headers;
  }
}

export const unknownTo = (what: string) =>
  new AwsError('NotImplemented', `The sandbox does not know ${what}.`, 501);

export const preconditionFailed = (which: string) =>
  new AwsError(
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${which}`,
    412,
  );
