/** A region's first three zones. */
export const zonesOf = (region: string): string[] => ['a', 'b', 'c'].map((letter) => region + letter);

/** A zone's id, such as apse1-az2 for ap-southeast-1b. AWS maps letters to ids differently in every account. */
export function zoneId(zone: string): string {
  const [, region = '', number = '', letter = 'a'] = /^(.+)-(\d+)([a-z])$/.exec(zone) ?? [];
  const short = region
    .replace(/(north|south)(east|west)/, '$1-$2')
    .split('-')
    .map((part, index) => (index === 0 || part === 'gov' ? part : part[0]))
    .join('')
    .replace('gov', 'g');
  return `${short}${number}-az${letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1}`;
}
