import { beforeAll, describe, expect, test } from 'vitest';
import { answerTo, documentsOf, mutantsOf } from './policy-answers.ts';
import { botCallQuestions } from './questions/bot-calls.ts';
import { botChangeQuestions } from './questions/bot-change.ts';
import { botKeepQuestions } from './questions/bot-keep.ts';
import { botLookQuestions } from './questions/bot-look.ts';
import { appliedQuestions, bucketQuestions } from './questions/buckets.ts';
import { ownQuestions } from './questions/own.ts';
import type { Question, Who } from './questions/question.ts';
import { roleQuestions } from './questions/roles.ts';
import { runnerCallQuestions } from './questions/runner-calls.ts';
import { runnerKeepQuestions } from './questions/runner-keep.ts';
import { runnerMakeQuestions } from './questions/runner-make.ts';
import { runnerStoreCallQuestions } from './questions/runner-store-calls.ts';
import { trustQuestions } from './questions/trusts.ts';
import { type Document, type Rendered, renderPolicies } from './rendered-policies.ts';
import { hasTerraform } from './terraform.ts';

const nameOf = (who: Who): string => {
  if ('role' in who)
    return who.evenAsAdministrator
      ? `${who.role}, were it an administrator`
      : `${who.role}${who.unfenced ? ', without its fence' : ''}`;
  if ('service' in who) return who.service;
  return 'federated' in who ? who.federated : 'an administrator';
};
const sentence = ({ who, action, on, why }: Question) =>
  `${nameOf(who)}: ${action} on ${on.join(' + ')} (${why})`;

function arnLike(rendered: Rendered, type: string, part: string): string {
  const found = rendered.arnsOf(type).find((one) => one.includes(part));
  if (found !== undefined) return found;
  throw new Error(`No ${type} was applied whose ARN has ${part}.`);
}

/** Documents of AWS's own writing, and what no question can tell apart, with the reason. */
const exceptions: readonly (readonly [RegExp, string])[] = [[/^arn:aws:iam::aws:/, 'AWS writes it']];

describe.skipIf(!hasTerraform)('the policies that Terraform renders', () => {
  let rendered: Rendered;
  let questions: readonly Question[];
  beforeAll(async () => {
    rendered = await renderPolicies();
    const tokens = ['app', 'bot'].map((kind) =>
      arnLike(rendered, 'aws_secretsmanager_secret', `:d2-chatops/slack-${kind}-token-`),
    );
    const [key = ''] = rendered.keys.keys();
    const [database = ''] = rendered.databaseIds;
    expect(rendered.sites).toHaveLength(5);
    const applied = appliedQuestions({ sites: rendered.sites, tokens, key, database });
    questions = [
      ...botCallQuestions,
      ...botChangeQuestions,
      ...botKeepQuestions,
      ...botLookQuestions,
      ...ownQuestions,
      ...runnerMakeQuestions,
      ...runnerKeepQuestions,
      ...runnerCallQuestions,
      ...runnerStoreCallQuestions,
      ...roleQuestions,
      ...trustQuestions,
      ...bucketQuestions,
      ...applied,
    ];
  });

  test('answer every question as they must', () => {
    const wrong = questions.filter((question) => answerTo(rendered, question) !== question.answer);
    expect(wrong.map((question) => `must be ${question.answer}: ${sentence(question)}`)).toEqual([]);
    expect(questions.length).toBeGreaterThan(900);
  });

  test('hold no statement, action, resource or condition that could be left out unnoticed', () => {
    const documents = new Map<string, Document>();
    for (const { trust, identity } of rendered.roles.values())
      for (const one of [trust, ...identity]) documents.set(one.name, one);
    for (const one of [...rendered.buckets.values(), ...rendered.topics.values(), ...rendered.keys.values()])
      documents.set(one.name, one);

    const asked = questions.map((question) => ({ question, documents: documentsOf(rendered, question) }));
    let mutants = 0;
    const survivors = [...documents.values()].flatMap((document) => {
      const relevant = asked
        .filter((one) => one.documents.has(document.name))
        .map(({ question }) => question);
      const all = mutantsOf(document);
      mutants += all.length;
      return all
        .filter((mutant) =>
          relevant.every(
            (question) =>
              !mutant.concerns(question.action) ||
              answerTo(rendered, question, mutant.document) === question.answer,
          ),
        )
        .map(({ what }) => what);
    });
    expect(mutants).toBeGreaterThan(600);
    expect(survivors.filter((what) => !exceptions.some(([pattern]) => pattern.test(what)))).toEqual([]);
  });
});
