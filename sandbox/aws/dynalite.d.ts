declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** dynalite 4 has no types of its own. */
  export default function dynalite(options?: { createTableMs?: number; deleteTableMs?: number }): Server;
}
