import { arn, type Question, questionsOf, trail } from './question.ts';

/** What the bot is made of and cannot be known by a tag: by whom, with which rights, heard by whom. */
const parts: readonly (readonly [why: string, on: string, actions: readonly string[]])[] = [
  [
    'the runner is Terraform’s rights',
    arn('codebuild', 'project/d2-chatops-terraform'),
    ['codebuild:UpdateProject', 'codebuild:DeleteProject'],
  ],
  [
    'who may do what',
    arn('ssm', 'parameter/d2-chatops/config'),
    ['ssm:PutParameter', 'ssm:DeleteParameter', 'ssm:DeleteParameters'],
  ],
  [
    'what is sent to instances',
    arn('ssm', 'document/d2-health'),
    [
      'ssm:UpdateDocument',
      'ssm:UpdateDocumentDefaultVersion',
      'ssm:DeleteDocument',
      'ssm:ModifyDocumentPermission',
    ],
  ],
  [
    'what is under way',
    arn('dynamodb', 'table/d2-chatops'),
    [
      'dynamodb:DeleteTable',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
      'dynamodb:UpdateContinuousBackups',
    ],
  ],
  ['who did what', trail, ['logs:DeleteLogGroup', 'logs:PutRetentionPolicy']],
  ['what it said', arn('logs', 'log-group:/d2/chatops/bot:log-stream:1'), ['logs:DeleteLogStream']],
  [
    'who is told',
    arn('cloudwatch', 'alarm:d2-chatops-down'),
    [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DisableAlarmActions',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:SetAlarmState',
    ],
  ],
  ['who is told', arn('sns', 'd2-chatops-alarms'), ['sns:DeleteTopic', 'sns:SetTopicAttributes']],
  [
    'what was not delivered',
    arn('sqs', 'd2-chatops-undelivered'),
    ['sqs:DeleteQueue', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'],
  ],
  ['what is to come', arn('scheduler', 'schedule-group/d2-chatops'), ['scheduler:DeleteScheduleGroup']],
];

const roles = ['d2-chatops-bot', 'd2-chatops-terraform', 'd2-chatops-scheduler'];

export const ownQuestions: readonly Question[] = roles.flatMap((role) =>
  parts.flatMap(([why, on, actions]) => questionsOf({ role }).mayNever(why, actions, on)),
);
