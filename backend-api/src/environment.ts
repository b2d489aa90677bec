import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/** The process's environment, and what the `.env` file of the working folder adds to it (guide 5.8). */
export function loadEnvironment(): Readonly<Record<string, string | undefined>> {
  if (existsSync('.env')) loadEnvFile('.env');
  return process.env;
}
