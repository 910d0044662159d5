import type { Position } from '#event-store';
import type { Json } from '#kernel';
import type { Key } from '#read-store';

/** An object of the API: the path of its model and its id. */
export interface NamedObject {
  readonly model: string;
  readonly id: Key;
}

/** A public event, as it is told to those who follow them. */
export interface EventMessage {
  readonly position: Position;
  /** `foundation.built` */
  readonly kind: string;
  readonly object: NamedObject;
  /** Every object that it touches, that one first. */
  readonly objects: readonly NamedObject[];
  /** Where its object was after the event; null: it belongs to no site. */
  readonly site: string | null;
  /** That site, and those around it. */
  readonly sites: readonly string[];
  /** What its object was made from, and what that comes from. */
  readonly blueprints: readonly string[];
  /** All that is told of it, secrets masked, but for the objects it touches. */
  readonly event: Readonly<Record<string, Json>>;
  /** What the event itself says, by the name of the field. */
  readonly data: Json;
}

/** Messages in the order of the log, and how far the log was read for them. */
export interface EventPage {
  readonly messages: readonly EventMessage[];
  readonly end: Position;
}

/** Somebody who follows public events. */
export interface EventListener {
  /** Whether it may want events of a kind. */
  wants(kind: string): boolean;
  /** Told of what happens, in the order of the log. */
  hear(page: EventPage): void;
}

/** Which events are looked at more closely; the others need not be told. What is not given narrows nothing. */
export interface NarrowedEvents {
  /** They were decided for one of these. */
  readonly actors?: readonly string[] | undefined;
  /** They touch an object of this model, or the one with this id. */
  readonly model?: string | undefined;
  readonly id?: string | undefined;
}

/** The public events, as protocols tell them; it leaves permissions to them. */
export interface EventSource {
  /** Every kind of public event. */
  readonly kinds: readonly string[];
  /** Paths of the models whose objects public events are about. */
  readonly models: readonly string[];
  /** How far its listeners were told of everything; not known before there is one. */
  readonly reached: Position;
  /** Whether a kind is among those that a pattern names: `foundation.*`, `*.deleted`. */
  matches(pattern: string, kind: string): boolean;
  /** Position of the last event in the log. */
  head(): Promise<Position>;
  hasSite(site: string): Promise<boolean>;
  /**
   * The next messages after a position, of kinds that are wanted; `end` is how far the log was looked through, which may be
   * a part of the way only. Where it is as far as the log goes there are no more.
   * @param narrowed others than these are left out where that takes no look-up
   * @throws where the read models do not show the log up to there in time
   */
  read(after: Position, wants: (kind: string) => boolean, narrowed?: NarrowedEvents): Promise<EventPage>;
  /** @returns ends it */
  listen(listener: EventListener): Promise<() => void>;
}
