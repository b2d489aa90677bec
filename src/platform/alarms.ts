import type { Call } from './call.ts';

export interface Alarm {
  name: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  since: Date | undefined;
  reason: string;
}

export interface Alarms {
  listAlarms(call: Call): Promise<Alarm[]>;
}
