import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { createCatalog } from '../../../src/core/command/catalog.ts';
import { parse } from '../../../src/core/command/parser.ts';
import { UserError } from '../../../src/core/reply/errors.ts';
import { labels, vocabulary } from '../../commands/world.ts';

const catalog = createCatalog(commands, {
  vocabulary: {
    ...vocabulary,
    services: ['backend-api', 'backend-jobs', 'web-driver', 'web-rider', 'web-admin', 'mail', 'mail-in'],
  },
  prompt: '/d2',
});
const heard = (line: string) => {
  const { command, args } = parse(line, catalog);
  return [command.name, args] as const;
};
const refusal = (line: string): UserError => {
  try {
    heard(line);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`"${line}" was understood`);
};

describe('a word that may stand for several services', () => {
  it.each([
    ['restart backend', 'Which service: backend-api or backend-jobs?'],
    ['backend restart', 'Which service: backend-api or backend-jobs?'],
    ['pm2 backend stop', 'Which service: backend-api or backend-jobs?'],
    ['logs --service backend', 'Which service: backend-api or backend-jobs?'],
    ['health --service=web', 'Which service: web-driver, web-rider or web-admin?'],
    ['WEB errors', 'Which service: web-driver, web-rider or web-admin?'],
    ['restart backend backend', 'Which service: backend-api or backend-jobs?'],
  ])('is asked about: %s', (line, message) => {
    expect(refusal(line)).toMatchObject({ code: 'usage', message });
  });

  it('keeps what else was said in its buttons, and in what a surface asks for', () => {
    const error = refusal('restart backend prod');
    expect(labels(error)).toEqual(
      expect.arrayContaining(['pm2 restart backend-api', 'pm2 restart backend-jobs']),
    );
    expect(error.actions).toContainEqual(
      expect.objectContaining({
        invocation: { command: 'pm2 restart', args: { service: 'backend-jobs', env: 'prod' } },
      }),
    );
    expect(error.missing).toMatchObject({
      command: 'pm2 restart',
      given: { env: 'prod' },
      missing: [{ name: 'service', choices: ['backend-api', 'backend-jobs'] }],
    });
  });

  it.each([
    ['restart backend-jobs', 'backend-jobs'],
    ['restart backendjobs', 'backend-jobs'],
    ['restart backend backend-jobs', 'backend-jobs'],
    // A whole name is meant, whatever else begins with it.
    ['restart mail', 'mail'],
  ])('is not asked about where it is plain: %s', (line, service) => {
    expect(heard(line)).toEqual(['pm2 restart', { service, env: 'dev' }]);
  });

  it('is not taken with another', () => {
    expect(refusal('restart backend mail').message).toContain('said twice');
  });
});

describe('a service where stop and start take a kind of thing', () => {
  it.each(['stop backend-api', 'stop dev backend-api', 'start backend-api'])(
    'does not stand for all services: %s',
    (line) => {
      expect(refusal(line).message).toContain('what: all, backend, rds, bastion');
    },
  );

  it.each([
    ['stop backend', 'backend'],
    ['stop ec2', 'backend'],
    ['stop db', 'rds'],
  ])('%s is what it was', (line, what) => {
    expect(heard(line)).toEqual(['stop', { env: 'dev', what }]);
  });
});
