import type { ValuesOf, WrittenRequest } from '#api';
import { defineModel, integer, map, parameter, staticAction, text } from '#api';
import type { CommandExecutor } from '#event-store';
import { newId } from './new-id.ts';
import type { Caller, Json, JsonMap } from '#kernel';
import { parseStored, refuse } from '#kernel';
import { CommitPreview } from './commit-preview.commands.ts';
import { digestOf } from './decided.ts';
import { DiscardPreview } from './discard-preview.commands.ts';
import { findVisible, VIEW_PREVIEWS } from './find-preview.ts';
import type { ListedPreview, PreviewLedger } from './preview-ledger.ts';
import type { PreviewState, Verdict } from './preview.ts';
import { preview } from './preview.ts';
import type { Previews } from './previews.ts';
import { ApprovePreview, RejectPreview } from './verdict.commands.ts';

/** How many requests are previewed together. */
export const MAX_REQUESTS = 100;
/** At most this many previews are listed at once. */
const MAX_COUNT = 100;

export interface PreviewModelParts {
  readonly previews: Previews;
  readonly ledger: PreviewLedger;
  readonly executor: Pick<CommandExecutor, 'preview'>;
}

const verdict = (said: Verdict | undefined): JsonMap | null => (said && { by: said.by, reason: said.reason }) || null;

const shown = (listed: ListedPreview, { stage, approved, rejected }: PreviewState): JsonMap => ({
  id: listed.id,
  state: stateOf(listed, stage, approved),
  by: listed.by,
  made: listed.made,
  expires: listed.expires,
  reason: listed.reason,
  needs_approval: listed.needsApproval,
  approved: verdict(approved),
  rejected: verdict(rejected),
  asked: [...listed.requests],
  events_total: listed.events,
});

function stateOf(
  { needsApproval }: ListedPreview,
  stage: PreviewState['stage'],
  approved: Verdict | undefined,
): string {
  if (stage !== 'open') return stage;
  return needsApproval ? (approved ? 'approved' : 'waits for approval') : 'open';
}

/** Previews: what requests would do, to be looked at, approved of and committed. */
export const previewModel = ({ previews, ledger, executor }: PreviewModelParts) => {
  const state = async (id: string): Promise<PreviewState> =>
    (await executor.preview((work) => work.load(preview, id))).value;
  const id = text(undefined, { required: true, doc: 'Id of the preview.' });
  const reason = text(1000, { default: '', doc: 'Why.' });
  const page = {
    skip: integer({ default: 0 }),
    count: integer({ default: MAX_COUNT, doc: `${MAX_COUNT} at the most.` }),
  };
  const listed = async ({ skip, count }: ValuesOf<typeof page>, by?: string): Promise<JsonMap> => {
    const { previews: found, total } = await ledger.list({
      ...(by === undefined ? {} : { by }),
      skip: Math.max(0, skip ?? 0),
      count: Math.min(Math.max(0, count ?? MAX_COUNT), MAX_COUNT),
    });
    const list: JsonMap[] = [];
    for (const one of found) list.push(shown(one, await state(one.id)));
    return { total, previews: list };
  };
  return defineModel({
    path: 'Records/Preview',
    doc: 'What requests would do, without it being done: to be looked at, approved of, and committed as it is.',
    protocols: ['rest'],
    fields: {},
    sites: 'none',
    actions: {
      make: staticAction({
        doc: `What up to ${MAX_REQUESTS} requests would do, one after the other, all or none; nothing is written. Each is a map of \`method\`, \`path\`, \`body\` and \`headers\`.`,
        parameters: {
          requests: parameter.map({ list: true, doc: 'The requests, in their order.' }),
          approval: parameter.boolean({ default: false, doc: 'Whether somebody else has to approve of it.' }),
          reason,
        },
        returns: map(),
        permission: 'session',
        sites: 'none',
        query: async ({ requests, approval, reason: why }, { caller }) => {
          const fresh = newId();
          const steps = await previews.protocol.read(requestsIn(requests), caller, fresh);
          const order = { id: fresh, caller, approval: approval === true, steps };
          return previews.make(why ? { ...order, reason: why } : order);
        },
      }),
      list: staticAction({
        doc: 'Own previews that have not expired, the newest first: `total`, and `previews`.',
        parameters: page,
        returns: map(),
        permission: 'session',
        sites: 'none',
        query: (asked, { caller }) => listed(asked, nameOf(caller)),
      }),
      listAll: staticAction({
        doc: 'The previews of everybody. With its permission one of others can be looked at, and discarded.',
        parameters: page,
        returns: map(),
        permission: VIEW_PREVIEWS,
        sites: 'none',
        query: (asked) => listed(asked),
      }),
      get: staticAction({
        doc: 'One preview, with all that it shows.',
        parameters: { id },
        returns: map(),
        permission: 'session',
        sites: 'none',
        query: async ({ id: wanted }, { caller }) => {
          const kept = await findVisible(ledger, wanted, caller);
          // Whoever has made it may have seen more.
          const report = previews.maskFor(caller)(parseStored(kept.report) as Json) as JsonMap;
          return { ...shown(kept, await state(kept.id)), digest: digestOf(kept.decided), ...report };
        },
      }),
      commit: staticAction({
        doc: 'Does exactly what a preview has shown, with the permissions of who asks for it now; refused where anything that it rests on has changed, with what.',
        parameters: { id },
        returns: map(),
        permission: 'session',
        sites: 'none',
        command: ({ id: wanted }) => new CommitPreview(wanted),
      }),
      discard: staticAction({
        doc: 'Takes a preview off; those of others with the permission Records.view_preview.',
        parameters: { id },
        returns: text(),
        permission: 'session',
        sites: 'none',
        command: ({ id: wanted }) => new DiscardPreview(wanted),
      }),
      approve: staticAction({
        doc: 'Says yes to a preview of somebody else, so that it can be committed; refused where anything that it rests on has changed.',
        parameters: { id, reason },
        returns: text(),
        permission: { grant: 'Records.can_approve' },
        sites: 'none',
        command: ({ id: wanted, reason: why }) => new ApprovePreview(wanted, why ?? ''),
      }),
      reject: staticAction({
        doc: 'Says no to a preview of somebody else: it cannot be committed any more.',
        parameters: { id, reason },
        returns: text(),
        permission: { grant: 'Records.can_approve' },
        sites: 'none',
        command: ({ id: wanted, reason: why }) => new RejectPreview(wanted, why ?? ''),
      }),
    },
  });
};

const nameOf = ({ principal }: Caller): string => principal?.name ?? '';

/** The requests of a batch. @throws Refusal naming what is no request */
function requestsIn(values: readonly Json[]): readonly WrittenRequest[] {
  if (values.length === 0) throw refuse('requests', 'BLANK', 'there is no request to preview');
  if (values.length > MAX_REQUESTS) {
    throw refuse('requests', 'TOO_MANY', `${values.length} requests; at most ${MAX_REQUESTS} at once`);
  }
  return values.map((value, n) => requestIn(value, n + 1));
}

const KNOWN = new Set(['method', 'path', 'body', 'headers']);

function requestIn(value: Json, n: number): WrittenRequest {
  const { method, path, body, headers = {} } = value as JsonMap;
  const wrong = (rule: string) => refuse('requests', 'INVALID_VALUE', `request ${n}: ${rule}`);
  const other = Object.keys(value as JsonMap).find((name) => !KNOWN.has(name));
  if (other !== undefined) throw wrong(`"${other}" is none of method, path, body and headers`);
  if (method !== 'POST' && method !== 'PATCH' && method !== 'DELETE') throw wrong('method is POST, PATCH or DELETE');
  if (typeof path !== 'string') throw wrong('path is text, such as /api/rest/Site/Site');
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw wrong('headers is a map of text');
  if (Object.values(headers).some((one) => typeof one !== 'string')) throw wrong('headers is a map of text');
  return { method, path, ...(body === undefined ? {} : { body }), headers: headers as Record<string, string> };
}
