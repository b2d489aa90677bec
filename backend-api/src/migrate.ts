import { readDatabaseConfig } from './config.ts';
import { migrate } from './database/migrate.ts';
import { loadEnvironment } from './environment.ts';

// `npm run migrate`, by whoever may change the schema: see database/users.sql for who that is.
try {
  const config = readDatabaseConfig(loadEnvironment());
  const { outcomes, error } = await migrate(config);
  for (const { name, status } of outcomes) process.stdout.write(`${name}: ${status}\n`);
  if (error) throw error;
  if (outcomes.length === 0) process.stdout.write('The schema is up to date.\n');
} catch (error) {
  process.stderr.write(`Not migrated: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
// mysql2 keeps the timer of a statement whose connection broke, here an hour's, and the process with it.
process.exit();
