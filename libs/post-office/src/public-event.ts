import type { IsSecretName } from '#config';
import { shownValue } from '#config';
import type { LoggedEvent } from '#event-store';
import type { Json, Restored } from '#kernel';
import { objectOf, writeJson } from '#kernel';
import type { Key } from '#read-store';
import { PUBLIC_EVENTS_VERSION, PUBLIC_STREAMS } from './public-kinds.ts';

/** An object of the API: the path of its model and its id. */
export interface ObjectReference {
  readonly model: string;
  readonly id: Key;
}

/** What the rows told of an event when it had happened. */
export interface EventFacts {
  readonly object: ObjectReference;
  readonly site: string | null;
  readonly blueprint: string | null;
  /** What an event of a job tells besides. */
  readonly job?: {
    readonly script: string;
    readonly description: string;
    readonly creator: string;
    readonly target: ObjectReference;
  };
}

/** What outsiders are told of an event. */
export interface PublicEvent {
  readonly version: number;
  /** UUID of the event. */
  readonly id: string;
  /** `foundation.built`; all of them are in `PUBLIC_KINDS`. */
  readonly kind: string;
  /** Where it stands in the log. */
  readonly position: string;
  /** ISO 8601 with microseconds. */
  readonly at: string;
  readonly actor: string;
  /** Name of the token that the actor has asked with; left out where they had a session. */
  readonly token?: string;
  /** Id of the request it was decided for. */
  readonly request: string;
  /** Why, in the words of the one who asked; null where they gave no reason. */
  readonly reason: string | null;
  readonly object: ObjectReference;
  /** Where the object was after the event; null: it belongs to no site. */
  readonly site: string | null;
  /** What it was made from after the event. */
  readonly blueprint: string | null;
  /** What the event says, secrets masked. */
  readonly data: Json;
}

/** Data of an event may be this many characters long as JSON; of longer ones `{ truncated: true }` is told. */
export const MAX_DATA_LENGTH = 16_000;

/** Fields of events that take a permission of their own to be seen of their objects, as `config_uuid` does. */
const RESTRICTED: ReadonlySet<string> = new Set(['configUuid']);

/** What is masked for those whose permissions are not looked at again with each event, such as webhooks. */
export const orRestricted =
  (isSecret: IsSecretName): IsSecretName =>
  (name) =>
    RESTRICTED.has(name) || isSecret(name);

/** The kind an event is told as; undefined: it is not told. */
export const publicKind = ({ stream, type }: { readonly stream: string; readonly type: string }): string | undefined =>
  PUBLIC_STREAMS[categoryOf(stream)]?.kinds[type];

/** The category in the name of a stream. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/**
 * What outsiders are told of an event. Pure.
 * @param isSecret tells names of secrets, those that were declared among them
 * @returns undefined where it is not told
 */
export function publicEvent(event: LoggedEvent, facts: EventFacts, isSecret: IsSecretName): PublicEvent | undefined {
  const kind = publicKind(event);
  if (kind === undefined) return undefined;
  const { eventId, position, at, actor, token, request, reason = null } = event;
  const { object, site, blueprint, job } = facts;
  return {
    version: PUBLIC_EVENTS_VERSION,
    id: eventId,
    kind,
    position: String(position),
    at,
    actor,
    ...(token === undefined ? {} : { token }),
    request,
    reason,
    object,
    site,
    blueprint,
    data: shown({ ...told(event), ...job }, isSecret),
  };
}

/** The fields of an event that are told; of what is put back, those it has then, and whether it exists. */
function told({ stream, type, data }: LoggedEvent): Readonly<Record<string, unknown>> {
  const restored = type.endsWith('Restored') ? (data as Restored<object>) : undefined;
  const all = ((restored ? restored.value : data) ?? {}) as Readonly<Record<string, unknown>>;
  const fields = PUBLIC_STREAMS[categoryOf(stream)]?.fields;
  const few = fields ? Object.fromEntries(fields.flatMap((name) => (name in all ? [[name, all[name]]] : []))) : all;
  return restored ? { ...few, exists: restored.value !== null } : few;
}

function shown(data: Readonly<Record<string, unknown>>, isSecret: IsSecretName): Json {
  const masked = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, shownValue(name, plain(name, value), isSecret)]),
  );
  return writeJson(masked).length > MAX_DATA_LENGTH ? { truncated: true } : masked;
}

/** Configuration values are lists of pairs in the log, and maps to everybody else. */
const plain = (name: string, value: unknown): Json =>
  name === 'configValues' && Array.isArray(value) ? objectOf(value as [string, Json][]) : ((value ?? null) as Json);
