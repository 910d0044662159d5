import type { Catalogue, PreviewOrder, PreviewProtocol } from '#api';
import { may, restrictedFields } from '#api';
import type { ZoneDifferences } from '#dns';
import type { Features } from '#event-sourcing';
import type { Foreman } from '#foreman';
import { jobs } from '#foreman';
import type { Caller, Json, JsonMap } from '#kernel';
import { MASK, maskSecrets } from '#kernel';
import type { Key, Recorded, View } from '#read-store';
import type { DecidedPreview } from './decide-preview.ts';
import { documentDifferences } from './document-differences.ts';
import type { FollowUp } from './follow-up.ts';
import { followUp } from './follow-up.ts';
import type { Compared } from './object-differences.ts';
import { objectDifferences } from './object-differences.ts';
import type { RunParts } from './preview-run.ts';
import { touchedRows } from './touched-rows.ts';

/** How many events are shown. */
export const MAX_EVENTS = 1000;

/** Tells which messages to others events would cause: deliveries of webhooks, say. */
export type ToldOf = (events: readonly Recorded[], view: View) => Promise<readonly JsonMap[]>;

/** What a report is made with. */
export interface ReportParts extends RunParts {
  readonly features: Pick<Features, 'listeners' | 'readModels'>;
  readonly catalogue: Catalogue;
  readonly protocol: PreviewProtocol;
  readonly zones: ZoneDifferences | undefined;
  readonly foreman: Pick<Foreman, 'firstTask'> | undefined;
  readonly deliveries: ToldOf;
  /** ISO 8601. */
  readonly now: string;
}

/** What a preview shows of what it would do: everything of it is bounded, and `cut` names what there is more of. */
export async function reportOf(
  { run, answers }: DecidedPreview,
  { id, caller, steps }: Pick<PreviewOrder, 'id' | 'caller' | 'steps'>,
  parts: ReportParts,
): Promise<JsonMap> {
  const { base, catalogue, protocol, zones, features, now } = parts;
  const touched = touchedRows(features.readModels, run.events);
  const compared: Compared = { before: base, after: run.view, touched, caller, catalogue, write: protocol.write };
  const { objects, cut: moreObjects } = await objectDifferences(compared);
  const documents = await documentDifferences(compared, now);
  const zoneFiles = zones && mayReadZones(catalogue, caller) ? await zones.between(base, run.view, touched) : [];
  const follows = await followUp(run, features, parts, id);
  const told = masking(catalogue, caller);
  return {
    requests: steps.map(({ method, path }, n) => ({ method, path, ...(answers[n] as JsonMap | undefined) })),
    events: run.events.slice(0, MAX_EVENTS).map(told),
    events_total: run.events.length,
    objects,
    documents: documents.documents,
    zones: (zoneFiles ?? []) as unknown as Json,
    follows: { events: follows.events.map(told), failed: follows.failed as unknown as Json },
    jobs: await newJobs(base, touched.get(jobs) ?? new Set(), run.view),
    would_send: {
      tasks: parts.foreman ? await firstTasks(parts.foreman, follows, base) : [],
      deliveries: [...(await parts.deliveries([...run.events, ...follows.events], follows.run.view))],
    },
    cut: [
      ...(run.events.length > MAX_EVENTS ? ['events'] : []),
      ...(moreObjects ? ['objects'] : []),
      ...(documents.cut ? ['documents'] : []),
      ...(zoneFiles ? [] : ['zones']),
      ...(follows.cut ? ['follows'] : []),
    ],
  };
}

const mayReadZones = (catalogue: Catalogue, caller: Caller): boolean =>
  catalogue.model('Directory/Zone') !== undefined &&
  caller.principal?.serviceScope === undefined &&
  may(caller, { grant: 'Directory.view_zone' });

/** An event as it is shown: its secrets masked, and what only some may see of objects. */
function masking(catalogue: Catalogue, caller: Caller) {
  const hidden = new Set(
    catalogue.models
      .flatMap(restrictedFields)
      .filter(({ shownTo }) => !may(caller, shownTo))
      .flatMap(({ name }) => [name, camelCase(name)]),
  );
  const masked = (value: Json): Json => {
    if (typeof value !== 'object' || value === null || hidden.size === 0) return value;
    if (Array.isArray(value)) return value.map(masked);
    const entries = Object.entries(value as JsonMap);
    if (!entries.some(([name, inner]) => hidden.has(name) || (typeof inner === 'object' && inner !== null))) return value;
    return Object.fromEntries(entries.map(([name, inner]) => [name, hidden.has(name) ? MASK : masked(inner)]));
  };
  return ({ stream, type, data }: Recorded): JsonMap => ({ stream, type, data: masked(maskSecrets(data)) });
}

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The jobs that would be made. */
async function newJobs(base: View, keys: ReadonlySet<Key>, view: View): Promise<JsonMap[]> {
  const there = await base.many(jobs, [...keys]);
  const rows = await view.many(jobs, [...keys]);
  return [...rows].flatMap(([job, row]) =>
    there.has(job) ? [] : [{ job, site: row.site, target: `${row.target.kind} ${row.target.id}`, script: row.script }],
  );
}

/** The first tasks of jobs that would be made, where nothing keeps them from beginning. */
async function firstTasks(foreman: Pick<Foreman, 'firstTask'>, { run }: FollowUp, base: View): Promise<JsonMap[]> {
  const made = [...new Set(run.events.filter(({ type }) => type === 'JobCreated').map(({ id }) => Number(id)))];
  const there = await base.many(jobs, made);
  const tasks: JsonMap[] = [];
  for (const job of made.filter((one) => !there.has(one)).slice(0, MAX_EVENTS)) {
    const order = await run.within(() => foreman.firstTask(run.work, job));
    if (order) tasks.push({ job, module: order.module, function: order.function });
  }
  return tasks;
}
