import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Outcome, Task } from '#wire';
import { MetricsRegistry } from '#runtime/metrics-registry';
import type { AgentStatus } from './agent-status.ts';

/** What a subcontractor counts and measures. */
export interface AgentMetrics {
  /** A task has ended, so many seconds after it was begun; undefined: it was given up. */
  ended(task: Task, outcome: Outcome | undefined, seconds: number): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** @param status asked when the metrics are read */
export function agentMetrics(status: () => Promise<AgentStatus>): AgentMetrics {
  const registry = new MetricsRegistry();
  const tasks = registry.counter({
    name: 'contractor_agent_tasks_total',
    help: 'Tasks that have ended, by module and outcome: done, failed or given up',
    labels: ['module', 'outcome'],
  });
  const times = registry.histogram({
    name: 'contractor_agent_task_seconds',
    help: 'Time that tasks took, by module',
    labels: ['module'],
  });
  registry.gauge(
    { name: 'contractor_agent_tasks_at_work', help: 'Tasks at work, by site and module', labels: ['site', 'module'] },
    async () => {
      const { sites, modules } = await status();
      return sites.flatMap(({ site, atWork }) =>
        Object.keys(modules).map((module) => ({
          labels: { site, module },
          value: atWork.filter((one) => one.module === module).length,
        })),
      );
    },
  );
  registry.gauge(
    { name: 'contractor_agent_connected', help: 'Whether tasks of a site can be fetched', labels: ['site'] },
    async () => (await status()).sites.map(({ site, connected }) => ({ labels: { site }, value: connected ? 1 : 0 })),
  );
  registry.gauge(
    { name: 'contractor_agent_unsent_results', help: 'Results that are kept until they can be sent', labels: [] },
    async () => [{ labels: {}, value: (await status()).unsent }],
  );
  registry.gauge(
    { name: 'contractor_agent_set_aside_results', help: 'Kept results that cannot be sent', labels: [] },
    async () => [{ labels: {}, value: (await status()).setAside }],
  );
  const dhcpServers = async () => (await status()).dhcp?.servers ?? [];
  registry.gauge(
    {
      name: 'contractor_agent_dhcp_serving',
      help: 'Whether a server of Kea serves what is wanted, and has not been found to offer nobody a lease',
      labels: ['server'],
    },
    async () =>
      (await dhcpServers()).map(({ server, serves, answers }) => ({
        labels: { server },
        value: serves === 'wanted' && answers !== false ? 1 : 0,
      })),
  );
  registry.gauge(
    { name: 'contractor_agent_dhcp_leases', help: 'Leases that hold, by server of Kea', labels: ['server'] },
    async () =>
      (await dhcpServers()).flatMap(({ server, leases }) =>
        leases === undefined ? [] : [{ labels: { server }, value: leases }],
      ),
  );
  registry.gauge(
    {
      name: 'contractor_agent_dhcp_left_out',
      help: 'Machines, addresses and subnets that DHCP leaves out',
      labels: [],
    },
    async () => {
      const { dhcp } = await status();
      return dhcp ? [{ labels: {}, value: dhcp.refused.length }] : [];
    },
  );
  return {
    ended: (task, outcome, seconds) => {
      const word = outcome === undefined ? 'given-up' : 'error' in outcome ? 'failed' : 'done';
      tasks({ module: task.module, outcome: word });
      times({ module: task.module }, seconds);
    },
    contentType: registry.contentType,
    text: () => registry.text(),
  };
}

/** Answers `GET /metrics` on a port of loopback. @returns the port, and what closes it @throws Error where the port is taken */
export async function serveMetrics(
  port: number,
  metrics: Pick<AgentMetrics, 'text' | 'contentType'>,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('there is /metrics here\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const at = server.address();
  return {
    port: typeof at === 'object' && at ? at.port : port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
