import type { Catalogue, PreviewOrder, PreviewProtocol } from '#api';
import { may } from '#api';
import type { ZoneDifferences } from '#dns';
import type { Features } from '#event-sourcing';
import type { Foreman } from '#foreman';
import { jobs } from '#foreman';
import type { Caller, Json, JsonMap } from '#kernel';
import { maskSecrets } from '#kernel';
import type { Key, Recorded, View } from '#read-store';
import type { DecidedPreview } from './decide-preview.ts';
import { documentDifferences } from './document-differences.ts';
import { followUp } from './follow-up.ts';
import type { Compared } from './object-differences.ts';
import { objectDifferences } from './object-differences.ts';
import type { PreviewRun, RunParts } from './preview-run.ts';
import { restrictedMask } from './restricted-mask.ts';
import { touchedRows } from './touched-rows.ts';
import { wouldDeliver } from './would-deliver.ts';

/** How many events are shown. */
export const MAX_EVENTS = 1000;

/** Of how many jobs the first task is told. */
const MAX_TASKS = 100;

/** What a report is made with. */
export interface ReportParts extends RunParts {
  readonly features: Pick<Features, 'listeners' | 'readModels'>;
  readonly catalogue: Catalogue;
  readonly protocol: PreviewProtocol;
  readonly zones: ZoneDifferences | undefined;
  readonly foreman: Pick<Foreman, 'firstTask'> | undefined;
  /** ISO 8601. */
  readonly now: string;
}

/** What a preview shows of what it would do: everything of it is bounded, and `cut` names what there is more of. */
export async function reportOf(
  { run, events, after, answers }: DecidedPreview,
  { id, caller, steps }: Pick<PreviewOrder, 'id' | 'caller' | 'steps'>,
  parts: ReportParts,
): Promise<JsonMap> {
  const { base, catalogue, protocol, zones, features, now } = parts;
  const touched = touchedRows(features.readModels, events);
  const compared: Compared = { before: base, after, touched, caller, catalogue, write: protocol.write };
  const { objects, cut: moreObjects } = await objectDifferences(compared);
  const documents = await documentDifferences(compared, now);
  const zoneFiles = zones && mayReadZones(catalogue, caller) ? await zones.between(base, after, touched) : [];
  const follows = await followUp(run, features, parts, id);
  const mask = restrictedMask(catalogue, caller);
  const told = ({ stream, type, data }: Recorded): JsonMap => ({ stream, type, data: mask(maskSecrets(data)) });
  const sent = await wouldDeliver([...events, ...follows.events], { base, view: follows.run.view, catalogue, now });
  return {
    requests: steps.map(({ method, path }, n) => ({ method, path, ...(answers[n] as JsonMap | undefined) })),
    events: events.slice(0, MAX_EVENTS).map(told),
    events_total: events.length,
    objects,
    documents: documents.documents,
    zones: (zoneFiles ?? []) as unknown as Json,
    follows: { events: follows.events.map(told), failed: follows.failed as unknown as Json },
    jobs: await newJobs(base, touched.get(jobs) ?? new Set(), after),
    would_send: {
      tasks: parts.foreman ? await firstTasks(parts.foreman, follows.run, [...events, ...follows.events]) : [],
      deliveries: [...sent.deliveries],
    },
    cut: [
      ...(events.length > MAX_EVENTS ? ['events'] : []),
      ...(moreObjects ? ['objects'] : []),
      ...(documents.cut ? ['documents'] : []),
      ...(zoneFiles ? [] : ['zones']),
      ...(follows.cut ? ['follows'] : []),
      ...(sent.cut ? ['deliveries'] : []),
    ],
  };
}

const mayReadZones = (catalogue: Catalogue, caller: Caller): boolean =>
  catalogue.model('Directory/Zone') !== undefined &&
  caller.principal?.serviceScope === undefined &&
  may(caller, { grant: 'Directory.view_zone' });

/** The jobs that would be made. */
async function newJobs(base: View, keys: ReadonlySet<Key>, view: View): Promise<JsonMap[]> {
  const there = await base.many(jobs, [...keys]);
  const rows = await view.many(jobs, [...keys]);
  return [...rows].flatMap(([job, row]) =>
    there.has(job) ? [] : [{ job, site: row.site, target: `${row.target.kind} ${row.target.id}`, script: row.script }],
  );
}

/** The first tasks of jobs that would be made, where nothing keeps them from beginning. */
async function firstTasks(foreman: Pick<Foreman, 'firstTask'>, run: PreviewRun, events: readonly Recorded[]) {
  const made = events.filter(({ type }) => type === 'JobCreated').slice(0, MAX_TASKS);
  const tasks: JsonMap[] = [];
  for (const { id } of made) {
    const order = await run.within(() => foreman.firstTask(run.work, Number(id)));
    if (order) tasks.push({ job: Number(id), module: order.module, function: order.function });
  }
  return tasks;
}
