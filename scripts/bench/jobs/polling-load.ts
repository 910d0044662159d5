import { Agent, request } from 'node:http';

/** What agents that poll have come to. */
export interface PollingResult {
  /** Steps that were completed, and how long that took, in seconds. */
  readonly steps: number;
  readonly seconds: number;
  /** Milliseconds that polls took that handed out as many tasks as they may: the median; NaN where there were none. */
  readonly fullPoll: number;
  /** Polls that were answered. */
  readonly polls: number;
}

interface Task {
  readonly job_id: number;
  readonly cookie: string;
}

/**
 * Run in a process of its own: `polling-load <url> <root token> <clients> <seconds> <most tasks of a poll> <report>`. Each
 * client asks for tasks and says at once that they are done (unless `report` is 0), one request after the other, as agents
 * that poll do.
 */
async function run([
  url = '',
  token = '',
  clients = '',
  seconds = '',
  most = '',
  report = '1',
]: string[]): Promise<PollingResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number(clients), noDelay: true });
  const call = (path: string, body: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const headers = {
        'CInP-Version': '1.0',
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        'Auth-Id': 'root',
        'Auth-Token': token,
      };
      const sent = request(
        `${url}/api/v1/SubContractor/Dispatch(${path})`,
        { method: 'CALL', agent, headers },
        (response) => {
          let answer = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (answer += part));
          response.on('end', () => {
            if (response.statusCode === 200) resolve(JSON.parse(answer));
            else reject(new Error(`${path} answered ${response.statusCode}: ${answer}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  let steps = 0;
  let polls = 0;
  const full: number[] = [];
  const begun = performance.now();
  const until = begun + Number(seconds) * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const asked = performance.now();
      const tasks = (await call('getJobs', {
        site: '/api/v1/Site/Site:site1:',
        module_list: ['iputils'],
        max_jobs: Number(most),
      })) as Task[];
      polls += 1;
      if (tasks.length >= Number(most)) full.push(performance.now() - asked);
      if (report === '0') continue;
      for (const { job_id, cookie } of tasks) {
        await call('jobResults', { job_id, cookie, data: { result: 100 } });
        if (performance.now() < until) steps += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Number(clients) }, work));
  agent.destroy();
  full.sort((one, other) => one - other);
  return { steps, polls, seconds: Number(seconds), fullPoll: full[Math.floor(full.length / 2)] ?? Number.NaN };
}

process.stdout.write(JSON.stringify(await run(process.argv.slice(2))));
