/** Something the person at the terminal has to know, with what they can do about it. */
export class InputError extends Error {
  readonly detail: string;
  constructor(summary: string, detail: string) {
    super(summary);
    this.detail = detail;
  }
}
