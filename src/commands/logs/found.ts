import type { Entry } from './entry.ts';

/** What a look into the log found, in CloudWatch or in PM2's files. */
export interface Found {
  /** Oldest first. */
  entries: Entry[];
  /** There are older ones that match. */
  more: boolean;
  /** Where the search gave up before the span's beginning. */
  searchedBackTo: Date | undefined;
  /** `/aws/ec2/…`, or the files on the instances. */
  from: string;
  group: string | undefined;
  /** What could not be read: an instance and why. */
  missing: string[];
}

/** As many matching lines as one look reads; fewer are shown. */
export const reach = 200;
