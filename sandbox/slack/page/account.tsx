import { useEffect, useRef, useState } from 'preact/hooks';
import type { Resource } from './api-types.ts';
import { ConfirmDialog } from './confirm.tsx';
import { showClock, showMoment, showSpan } from './dates.ts';
import { ClockIcon, CloseIcon } from './icons.tsx';

const kinds: Readonly<Record<Resource['kind'], string>> = {
  ec2: 'EC2 instances',
  pm2: 'PM2 processes',
  rds: 'RDS databases',
  alb: 'Load balancers',
  'nat-gateway': 'NAT gateways',
  'vpc-endpoint': 'VPC endpoints',
  'cognito-pool': 'Cognito user pools',
  'log-group': 'Log groups',
  table: 'DynamoDB tables',
  secret: 'Secrets',
};

/** Those that hardly ever change state are folded away. */
const foldedKinds: ReadonlySet<Resource['kind']> = new Set(['cognito-pool', 'log-group', 'table', 'secret']);

type Tone = 'good' | 'busy' | 'bad' | 'off';
const tones: ReadonlyMap<string, Tone> = new Map([
  ...['running', 'available', 'active', 'online', 'healthy', 'enabled', 'provisioned'].map(
    (state) => [state, 'good'] as const,
  ),
  ...['stopped', 'off', 'terminated', 'deleted', 'disabled', 'unused'].map(
    (state) => [state, 'off'] as const,
  ),
  ...['failed', 'errored', 'error', 'unhealthy', 'storage-full', 'inaccessible'].map(
    (state) => [state, 'bad'] as const,
  ),
]);
/** On AWS a state that is neither an end nor a fault is on its way to one. */
const toneOf = (state: string): Tone => tones.get(state.toLowerCase()) ?? 'busy';

interface Props {
  resources: readonly Resource[];
  now(): Date;
  onAdvance(by: string): void;
  onReset(): void;
  onClose(): void;
}

export function Account({ resources, now, onAdvance, onReset, onClose }: Props) {
  const [isAsked, ask] = useState(false);
  const groups = (Object.keys(kinds) as Resource['kind'][])
    .map((kind) => ({ kind, members: resources.filter((resource) => resource.kind === kind) }))
    .filter(({ members }) => members.length > 0);
  const shown = groups.filter(({ kind }) => !foldedKinds.has(kind));
  const folded = groups.filter(({ kind }) => foldedKinds.has(kind));
  const count = folded.reduce((sum, { members }) => sum + members.length, 0);
  return (
    <aside class="account" id="account" aria-label="AWS account">
      <div class="account-head">
        <h2>AWS account</h2>
        <button type="button" class="icon-button" aria-label="Close account" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <Clock now={now} onAdvance={onAdvance} />
      <div class="groups">
        {resources.length === 0 ? <p class="quiet">Nothing is in this account.</p> : null}
        {shown.map((group) => (
          <Group key={group.kind} {...group} now={now} />
        ))}
        {folded.length > 0 ? (
          <details class="rest">
            <summary>{count} more: users, logs, tables, secrets</summary>
            {folded.map((group) => (
              <Group key={group.kind} {...group} now={now} />
            ))}
          </details>
        ) : null}
      </div>
      <div class="account-foot">
        <button type="button" class="button" onClick={() => ask(true)}>
          Reset sandbox
        </button>
      </div>
      {isAsked ? (
        <ConfirmDialog
          confirm={{
            title: { type: 'plain_text', text: 'Reset the sandbox?' },
            text: {
              type: 'plain_text',
              text: 'Every message goes, and the account is as it was at the start.',
            },
            confirm: { type: 'plain_text', text: 'Reset' },
            deny: { type: 'plain_text', text: 'Keep it' },
            style: 'danger',
          }}
          onConfirm={onReset}
          onClose={() => ask(false)}
        />
      ) : null}
    </aside>
  );
}

function Group({
  kind,
  members,
  now,
}: {
  kind: Resource['kind'];
  members: readonly Resource[];
  now(): Date;
}) {
  return (
    <section class="group" aria-label={kinds[kind]}>
      <h3>{kinds[kind]}</h3>
      <ul>
        {members.map((resource) => (
          <Row key={resource.id} resource={resource} now={now} />
        ))}
      </ul>
    </section>
  );
}

/** Names begin with project, environment or region, which every row shares: what tells them apart is their end. */
function shorten(name: string, environment: string | undefined): string {
  const at = environment ? name.indexOf(`-${environment}-`) : -1;
  if (environment && at >= 0) return name.slice(at + environment.length + 2);
  return name.replace(/^com\.amazonaws\.[a-z0-9-]+\./, '');
}

function Row({ resource, now }: { resource: Resource; now(): Date }) {
  const { id, name, environment, state, since, details } = resource;
  const first = useRef(state);
  const at = new Date(since);
  const facts = Object.entries(details).map(([key, value]) => `${key}: ${value}`);
  return (
    <li class="resource" title={[name, id, ...facts].join('\n')} data-resource={id} data-state={state}>
      <span class={`dot dot-${toneOf(state)}`} aria-hidden="true" />
      <span class="resource-name">{shorten(name, environment)}</span>
      <span class={first.current === state ? 'resource-state' : 'resource-state is-changed'} key={state}>
        {state}
      </span>
      {Number.isNaN(at.getTime()) ? null : (
        <time class="quiet" dateTime={since} title={showMoment(at)}>
          {showSpan(now().getTime() - at.getTime())}
        </time>
      )}
    </li>
  );
}

function Clock({ now, onAdvance }: { now(): Date; onAdvance(by: string): void }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const at = now();
  return (
    <section class="clock" aria-label="Sandbox clock">
      <ClockIcon />
      <time dateTime={at.toISOString()} title={showMoment(at)}>
        {showClock(at)}
      </time>
      <div class="clock-buttons">
        {['1m', '5m', '1h'].map((by) => (
          <button type="button" key={by} class="button" onClick={() => onAdvance(by)}>
            +{by.replace(/(\d)(\w)/, '$1 $2')}
          </button>
        ))}
      </div>
    </section>
  );
}
