import { request as ask } from 'node:http';

export type TargetState = { State: string; Reason?: string; Description?: string };

export const unusedTarget = (state: string | undefined): TargetState => ({
  State: 'unused',
  Reason: 'Target.InvalidState',
  Description: `Target is in the ${state === 'terminated' ? 'terminated' : 'stopped'} state`,
});

/** One health check of a target group: `GET /health`. */
export function checkTarget(port: number): Promise<TargetState> {
  return new Promise((resolve) => {
    const call = ask(
      { host: '127.0.0.1', port, path: '/health', timeout: 1_000, agent: false },
      (response) => {
        response.resume();
        resolve(
          response.statusCode === 200
            ? { State: 'healthy' }
            : {
                State: 'unhealthy',
                Reason: 'Target.ResponseCodeMismatch',
                Description: `Health checks failed with these codes: [${response.statusCode}]`,
              },
        );
      },
    );
    const failed = (Reason: string, Description: string) =>
      resolve({ State: 'unhealthy', Reason, Description });
    call.on('error', () => failed('Target.FailedHealthChecks', 'Health checks failed'));
    call.on('timeout', () => {
      failed('Target.Timeout', 'Request timed out');
      call.destroy();
    });
    call.end();
  });
}
