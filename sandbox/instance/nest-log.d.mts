export function formatNestLine(line: string): string;
export function pm2Date(at: Date): string;
