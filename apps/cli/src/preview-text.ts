import type { Values } from './rest-client.ts';

/** What a preview shows, as far as it is told here. */
interface Report {
  readonly id?: string | null;
  readonly state?: string;
  readonly by?: string;
  readonly expires?: string;
  readonly needs_approval?: boolean;
  readonly events: readonly { readonly stream: string; readonly type: string }[];
  readonly events_total: number;
  readonly objects: readonly ObjectChange[];
  readonly documents: readonly { readonly name: string; readonly values: Readonly<Record<string, Change>> }[];
  readonly zones: readonly {
    readonly zone: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  }[];
  readonly follows: { readonly events: readonly { readonly stream: string; readonly type: string }[] };
  readonly jobs: readonly { readonly target: string; readonly script: string }[];
  readonly would_send: {
    readonly tasks: readonly { readonly job: number; readonly module: string; readonly function: string }[];
    readonly deliveries: readonly Values[];
  };
  readonly cut: readonly string[];
}

interface Named {
  readonly model: string;
  readonly id: string | number;
}

interface Delivery {
  readonly subscription?: string;
  readonly box?: Named;
  readonly kind: string;
  readonly object: Named;
  readonly script?: string;
  readonly when_job_ends?: number | null;
}

interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

interface ObjectChange {
  readonly model: string;
  readonly id: string | number;
  readonly change: 'created' | 'changed' | 'deleted';
  readonly fields?: readonly string[];
  readonly before?: Values | null;
  readonly after?: Values | null;
}

/** A preview for a person: what would be made (+), changed (~) and deleted (-), and what comes of it. */
export function previewText(shown: Values): string {
  const report = shown as unknown as Report;
  const { objects, documents, zones, follows, jobs, would_send: sent, cut } = report;
  if (report.events_total === 0) return 'nothing would change';
  const lines = [
    ...objects.flatMap(objectLines),
    ...titled(
      'configuration',
      documents.flatMap(({ name, values }) =>
        Object.entries(values).map(([key, one]) => `${name} ${key}: ${change(one)}`),
      ),
    ),
    ...titled(
      'DNS',
      zones.flatMap(({ zone, added, removed }) => [
        ...removed.map((line) => `- ${zone}: ${line}`),
        ...added.map((line) => `+ ${zone}: ${line}`),
      ]),
    ),
    ...titled(
      'jobs',
      jobs.map(({ target, script }) => `${script} of ${target}`),
    ),
    ...titled(
      'tasks that would be sent',
      sent.tasks.map((task) => `${task.module}.${task.function} of job ${task.job}`),
    ),
    ...titled('webhooks that would be told', sent.deliveries.map(deliveryText)),
    ...titled(
      'would follow',
      follows.events.map(({ stream, type }) => `${type} (${stream})`),
    ),
    ...(cut.length > 0 ? ['', `there is more than is shown of: ${cut.join(', ')}`] : []),
  ];
  return [...lines, '', ending(report)].join('\n');
}

function ending({ id, state, by, expires, needs_approval: needs, events_total: events }: Report): string {
  if (id == null) return `${events} events`;
  const who = by === undefined ? '' : ` by ${by}`;
  const stands = state === undefined ? (needs === true ? ', waits for approval' : '') : `, ${state}`;
  return `preview ${id}${who}: ${events} events${stands}, until ${expires}`;
}

/** Who would be told of what: `inventory: foundation.forced of Building/Foundation host1`. */
function deliveryText(delivery: Values): string {
  const { subscription, box, kind, object, script, when_job_ends: job } = delivery as unknown as Delivery;
  const what = `${object.model} ${object.id}`;
  if (!box) return `${subscription}: ${kind} of ${what}`;
  return `${box.model} ${box.id}: ${script} of ${what}${job === null ? '' : `, when job ${job} ends`}`;
}

const SIGNS = { created: '+', changed: '~', deleted: '-' } as const;

function objectLines({ model, id, change: kind, fields = [], before, after }: ObjectChange): string[] {
  const head = `${SIGNS[kind]} ${model} ${id}`;
  if (kind === 'deleted') return [head];
  if (kind === 'changed') {
    const named = fields.filter((name) => name !== 'updated');
    return [head, ...named.map((name) => `    ${name}: ${change({ before: before?.[name], after: after?.[name] })}`)];
  }
  const given = Object.entries(after ?? {}).filter(([name, value]) => !isNothing(value) && !IGNORED.has(name));
  return [head, ...given.map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`)];
}

/** Times of a new object, which are those of its commit. */
const IGNORED: ReadonlySet<string> = new Set(['created', 'updated']);

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const change = ({ before, after }: Change): string =>
  `${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`;

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
