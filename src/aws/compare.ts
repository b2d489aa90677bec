/** For `sort`, by code units: the first comparison by a language's own rules takes 15 ms. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
