import type { z } from 'zod';
import { OutcomeUnknown, UserError } from '../core/reply/errors.ts';
import { code } from '../core/reply/text.ts';
import type { Call, ChangeCall } from '../platform/call.ts';
import type { Instances, LocalHealth, Pm2Home, ProcessState } from '../platform/instances.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { Clients } from './client/clients.ts';
import { listAgents } from './ssm/agents.ts';
import { findSentCommand } from './ssm/command-history.ts';
import {
  type Asked,
  documentError,
  flushOutput,
  healthOutput,
  listOutput,
  logsOutput,
  parseOutput,
  saveOutput,
  UnreadableOutput,
  verbOutput,
} from './ssm/document-output.ts';
import { runChange, runRead } from './ssm/run-command.ts';

/** PM2 and health on instances, by our own SSM documents (guide 5.2–5.7). */
export function createInstances({
  clients,
  settings: { pm2, services, where },
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Instances {
  const homes = pm2.homes.map(({ home, user, bin }) => [home, user, bin].filter(Boolean).join('=')).join(',');
  const find = (service: string) => services.find(({ name }) => name === service);
  const processOf = (service: string) => find(service)?.pm2 ?? service;
  const folderOf = (service: string) => `${pm2.apps}/${service}`;

  interface VerbCall<T> {
    instance: string;
    verb: string;
    parameters?: Record<string, string>;
    output: z.ZodType<T>;
  }

  const commandOf = ({ instance, verb, parameters }: VerbCall<unknown>, operation?: string) => ({
    instance,
    document: documentOf(verb),
    parameters: { homes, ...parameters },
    comment: operation ? commentOf(operation, verb) : `d2 ${verb}`,
  });

  const askedOf = ({ instance, verb, parameters }: VerbCall<unknown>): Asked => ({
    instance,
    document: documentOf(verb),
    service: parameters?.service,
    setting: where('pm2.homes'),
  });

  const parse = <T>(verbCall: VerbCall<T>, stdout: string): T =>
    parseOutput(verbCall.output, stdout, askedOf(verbCall));

  const refuse = (verbCall: VerbCall<unknown>, error: string, known?: string[]): UserError =>
    documentError({ error, known }, askedOf(verbCall));

  async function look<T>(verbCall: VerbCall<T>, call: Call): Promise<T> {
    return parse(verbCall, await runRead(clients, commandOf(verbCall), call));
  }

  async function act<T>(verbCall: VerbCall<T>, call: ChangeCall): Promise<T> {
    const stdout = await runChange(clients, commandOf(verbCall, call.operation), call);
    try {
      return parse(verbCall, stdout);
    } catch (error) {
      if (error instanceof UnreadableOutput) throw new OutcomeUnknown(error.message, error);
      throw error;
    }
  }

  async function get(
    instance: string,
    service: string,
    path: string | undefined,
    call: Call,
  ): Promise<LocalHealth> {
    const { port } = find(service) ?? {};
    const parameters = {
      service: processOf(service),
      ...(port !== undefined && { port: String(port) }),
      ...(path !== undefined && { path }),
    };
    const verbCall = { instance, verb: 'health', parameters, output: healthOutput };
    const { error, known, ...health } = await look(verbCall, call);
    if (error === 'no process' || error === 'no pm2') throw refuse(verbCall, error, known);
    return {
      service,
      copies: health.copies,
      port: health.port ?? undefined,
      status: health.httpStatus ?? undefined,
      latencyMs: health.latencyMs ?? 0,
      body: health.body ?? '',
      error: error ?? undefined,
    };
  }

  return {
    listAgents: (instances, call) => listAgents(clients, instances, call),

    async listProcesses(instance, call) {
      const parameters = { services: services.map(({ pm2: name }) => name).join(',') || 'none' };
      const { homes } = await look({ instance, verb: 'list', parameters, output: listOutput }, call);
      return homes.map((home): Pm2Home => {
        const { state } = home;
        if (isHomeState(state)) return { ...home, state };
        // Neither `not running` nor an empty list would be true.
        throw new UserError(
          'unavailable',
          `PM2 in ${home.home} on ${instance} does not answer: ${state.replace(/^failed: /, '')}.`,
          {
            hint: [
              'Look there: ',
              code(`aws ssm start-session --target ${instance}`),
              `. Homes and their users are in ${where('pm2.homes')}.`,
            ],
          },
        );
      });
    },

    checkHealth: (instance, service, call) => get(instance, service, find(service)?.health, call),
    checkReady: (instance, service, call) => get(instance, service, find(service)?.ready, call),

    async pm2(instance, verb, service, call) {
      const parameters: Record<string, string> = { service: processOf(service) };
      if (verb === 'stop' && call.keep) parameters.save = 'no';
      if (verb === 'start') parameters.folder = folderOf(service);
      if (call.home !== undefined) parameters.home = call.home;
      const verbCall = { instance, verb, parameters, output: verbOutput };
      const { error, before, after, home, saved } = await act(verbCall, call);
      // Where PM2 did what it was told and the processes are not well after it, the caller sees that in `after`.
      if (error && isSame(before, after)) throw refuse(verbCall, error);
      return { service, home, before, after, saved };
    },

    async pm2Save(instance, call) {
      const { homes } = await act({ instance, verb: 'save', output: saveOutput }, call);
      const failed = homes.find(({ state }) => !isHomeState(state));
      if (failed) {
        throw new UserError(
          'unavailable',
          `PM2 in ${failed.home} on ${instance} did not save: ${failed.state}.`,
          { hint: 'Look at PM2’s processes there.' },
        );
      }
      return homes.filter(({ state }) => state === 'ok').map(({ home, saved }) => ({ home, saved }));
    },

    async pm2Flush(instance, service, call) {
      const verbCall = {
        instance,
        verb: 'flush',
        parameters: { service: processOf(service), ...(call.home !== undefined && { home: call.home }) },
        output: flushOutput,
      };
      const { flushed, bytes, error } = await act(verbCall, call);
      if (error) throw refuse(verbCall, error);
      return { paths: flushed, bytes };
    },

    async tail(instance, service, stream, lines, call) {
      const parameters = {
        service: processOf(service),
        stream,
        lines: String(lines),
        ...(pm2.logs !== undefined && { logs: `${folderOf(service)}/${pm2.logs}` }),
      };
      const verbCall = { instance, verb: 'logs', parameters, output: logsOutput };
      const { files, error } = await look(verbCall, call);
      if (error) throw refuse(verbCall, error);
      return files.map(({ worker, writtenAt, unread, ...file }) => ({
        ...file,
        worker: worker ?? undefined,
        writtenAt: writtenAt === null ? undefined : new Date(writtenAt),
        unread: unread ?? undefined,
      }));
    },

    findSentCommand: ({ operation, verb, instance, service }, since, call) =>
      findSentCommand(
        clients,
        {
          document: documentOf(verb),
          instance,
          service: service === undefined ? undefined : processOf(service),
          comment: commentOf(operation, verb),
          since,
        },
        call,
      ),
  };
}

const documentOf = (verb: string) => (verb === 'health' ? 'd2-health' : `d2-pm2-${verb}`);
const commentOf = (operation: string, verb: string) => `d2 ${operation} ${verb}`;

function isHomeState(state: string): state is Pm2Home['state'] {
  return ['ok', 'absent', 'not running', 'no pm2'].includes(state);
}

/** Whether a verb moved nothing at all. */
function isSame(before: readonly ProcessState[], after: readonly ProcessState[]): boolean {
  const seen = (states: readonly ProcessState[]) =>
    JSON.stringify(states.map(({ id, pid, restarts, status }) => [id, pid, restarts, status]));
  return seen(before) === seen(after);
}
