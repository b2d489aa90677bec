import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/core/reply/answer.ts';
import { errorReply } from '../../src/core/reply/error-reply.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import { createReply } from '../../src/core/reply/reply.ts';
import { code } from '../../src/core/reply/text.ts';
import { renderJson } from '../../src/terminal/json.ts';
import { answers } from './answers.ts';

const read = (answer: Answer, asked?: Parameters<typeof renderJson>[1]): unknown =>
  JSON.parse(renderJson(answer, asked));

describe('an answer for scripts', () => {
  it('is one line, whatever it holds, with nothing of the screen in it', () => {
    for (const answer of Object.values(answers)) {
      const json = renderJson(answer);
      expect(json.indexOf('\n')).toBe(json.length - 1);
      expect(Object.keys(JSON.parse(json))).toEqual(['id', 'state', 'message']);
    }
  });

  it('says what was asked, how it ended and the command’s own data', () => {
    const reply = createReply({ title: 'dev is up', tone: 'good', data: { state: 'up' } });
    const steps = [{ id: 'ec2', title: 'EC2 running', state: 'done' as const, seconds: 41 }];
    expect(read({ id: 'x', state: 'done', reply, steps }, { command: 'start', environment: 'dev' })).toEqual({
      id: 'x',
      command: 'start',
      environment: 'dev',
      state: 'done',
      message: 'dev is up',
      data: { state: 'up' },
      steps,
    });
  });

  it('gives an error its code, and its hint as plain words', () => {
    const error = new UserError('conflict', 'Not done.', { hint: ['Type ', code('d2 status'), '.'] });
    const { state, reply } = errorReply(error, 'x');
    expect(read({ id: 'x', state, reply })).toEqual({
      id: 'x',
      state: 'refused',
      message: 'Not done.',
      error: { code: 'conflict', message: 'Not done.', hint: 'Type d2 status.' },
    });
  });

  it('holds files as they are, and pictures in base64', () => {
    const reply = createReply({
      title: 'x',
      tone: 'info',
      parts: [{ kind: 'file', name: 'a.log', type: 'text/plain', content: 'one\ntwo' }],
      details: [
        { kind: 'image', alt: 'CPU', name: 'cpu.png', width: 1, height: 1, png: new Uint8Array([1, 2]) },
      ],
    });
    expect(read({ id: 'x', state: 'done', reply })).toMatchObject({
      files: [
        { name: 'a.log', type: 'text/plain', content: 'one\ntwo' },
        { name: 'cpu.png', type: 'image/png', base64: 'AQI=' },
      ],
    });
  });
});
