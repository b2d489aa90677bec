import { arn, dev, elsewhere, own, prod, type Question, questionsOf, roleArn, tagged } from './question.ts';

const instance = arn('ec2', 'instance/i-080c218b1eb3925ee');
const database = (env: string) => arn('rds', `db:d2-ride-booking-${env}-rds-mysql`);
const document = (name: string) => arn('ssm', `document/${name}`);
const slackToken = arn('secretsmanager', 'secret:d2-chatops/slack-bot-token-a1b2c3');

const bot = questionsOf({ role: 'd2-chatops-bot' });
const power = ['ec2:StartInstances', 'ec2:StopInstances'];
const databasePower = ['rds:StartDBInstance', 'rds:StopDBInstance'];

const switching: Question[] = [
  ...bot.onlyOnDevs('start and stop', power, instance),
  ...bot.onlyOnDevs('start and stop', databasePower, database('dev')),
  ...bot.mayNotUnfenced('start and stop: never what the bot runs on', power, instance, tagged(own)),
  ...bot.mayNotUnfenced(
    'start and stop: never a database of its own',
    databasePower,
    database('dev'),
    tagged(own),
  ),
  ...bot.mayNot('a database is known by its name too', databasePower, database('prod'), tagged(dev)),
  ...bot.mayNot(
    'nothing ends an instance',
    ['ec2:TerminateInstances', 'ec2:RebootInstances'],
    instance,
    tagged(dev),
  ),
  ...bot.mayNot(
    'nothing makes or changes one',
    ['ec2:RunInstances', 'ec2:ModifyInstanceAttribute', 'ec2:CreateTags'],
    instance,
    tagged(dev),
  ),
  ...bot.mayNot(
    'nothing deletes, changes or copies a database',
    ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'rds:CreateDBSnapshot'],
    database('dev'),
    tagged(dev),
  ),
];

const sending: Question[] = [
  ...bot.may(
    "dev's instances get the bot's documents",
    'ssm:SendCommand',
    [document('d2-pm2-restart'), instance],
    tagged(dev),
  ),
  ...bot.may(
    "prod's do too: who may do what there, the bot says",
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged(prod),
  ),
  ...bot.mayNot(
    "another project's don't",
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged(elsewhere),
  ),
  ...bot.mayNot(
    'no environment but its own',
    'ssm:SendCommand',
    [document('d2-health'), instance],
    tagged({ ...dev, Environment: 'staging' }),
  ),
  ...bot.mayNot('no instance without tags', 'ssm:SendCommand', [document('d2-health'), instance]),
  ...bot.mayNot("none that is the bot's", 'ssm:SendCommand', [document('d2-health'), instance], tagged(own)),
  ...bot.mayNot(
    'no shell',
    'ssm:SendCommand',
    ['arn:aws:ssm:ap-southeast-1::document/AWS-RunShellScript', instance],
    tagged(dev),
  ),
  ...bot.mayNot(
    "nobody else's document",
    'ssm:SendCommand',
    [document('someone-elses'), instance],
    tagged(dev),
  ),
  ...bot.mayNot('no session', 'ssm:StartSession', instance, tagged(dev)),
  ...bot.mayNot(
    'no rewriting of the documents that it sends',
    ['ssm:CreateDocument', 'ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion', 'ssm:DeleteDocument'],
    document('d2-health'),
  ),
  ...bot.mayNever(
    'no shell, whatever it is given',
    'ssm:SendCommand',
    'arn:aws:ssm:ap-southeast-1::document/AWS-RunShellScript',
  ),
  ...bot.mayNever('nothing sent to itself, whatever it is given', 'ssm:SendCommand', instance, {
    'ssm:resourceTag/Service': 'chatops',
  }),
  ...bot.mayNever('no session on what it runs on', 'ssm:StartSession', arn('ecs', 'task/d2-chatops/0a1b2c'), {
    'ssm:resourceTag/Service': 'chatops',
  }),
];

const fenced: Question[] = [
  ...bot.mayNever('its own tokens stay unread', 'secretsmanager:GetSecretValue', slackToken, {
    'aws:ResourceTag/Service': 'chatops',
  }),
  ...bot.mayNever('its own service stays', 'ecs:UpdateService', arn('ecs', 'service/d2-chatops/d2-chatops'), {
    'ecs:ResourceTag/Service': 'chatops',
  }),
  ...bot.mayNever(
    'its own network stays, by the name that EC2 gives the tag',
    'ec2:DeleteSubnet',
    arn('ec2', 'subnet/subnet-1'),
    { 'ec2:ResourceTag/Service': 'chatops' },
  ),
  ...bot.mayNever(
    'a database of its own stays, by the name that RDS gives the tag',
    'rds:DeleteDBInstance',
    database('dev'),
    { 'rds:db-tag/Service': 'chatops' },
  ),
  ...bot.mayNever(
    'rights are changed by people',
    [
      'iam:CreateUser',
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:CreateAccessKey',
      'iam:DeleteRolePolicy',
      'iam:AddRoleToInstanceProfile',
    ],
    roleArn('d2-chatops-bot'),
  ),
  ...bot.mayNever('nobody else is played', 'sts:AssumeRole', roleArn('admin')),
];

const notItsOwn = bot.couldBeGiven(
  'the fence stands before its own alone',
  'ecs:UpdateService',
  arn('ecs', 'service/others/web'),
  tagged(dev),
);

export const botChangeQuestions: readonly Question[] = [...switching, ...sending, ...fenced, ...notItsOwn];
