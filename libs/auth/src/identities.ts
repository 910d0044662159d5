import type { Principal } from '#kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { EventStore, Position, Recorded } from '#event-store';
import type { People } from '#people';
import type { Follower } from '#reactions';
import type { ReadStore } from '#read-store';
import type { AccessTokenRow } from './access-tokens.ts';
import { accessTokens } from './access-tokens.ts';
import { groups } from './groups.ts';
import type { GroupRow } from './groups.ts';
import type { Session } from './session-holder.ts';
import { MemoryRows } from './memory-rows.ts';
import { canBeName } from './names.ts';
import { openSessions } from './open-sessions.ts';
import { scopedPrincipal } from './scoped-principal.ts';
import type { ServiceRow } from './services.ts';
import { services } from './services.ts';
import type { TokenUses } from './token-uses.ts';
import { hashOf } from './tokens.ts';
import type { UserRow } from './users.ts';
import { users } from './users.ts';

/** How many sessions are kept in memory; the others are looked up. About 50 MB. */
const MAX_SESSIONS = 100_000;
/** How many sessions are known to have ended, while the read models may still show them. */
const MAX_ENDED = 10_000;

/** For how many sessions it is kept ready who they stand for. */
const MAX_KNOWN = 10_000;

/** How long to wait for news that the answers of this server show already, and how often to look, in milliseconds. */
const TIMEOUT_MS = 1000;
const LOOK = 2;

/** What is known about a name and a token. */
interface Known {
  readonly session: Session | undefined;
  readonly token: AccessTokenRow | undefined;
  readonly user: UserRow | undefined;
  readonly service: ServiceRow | undefined;
}

/** Who a session stands for, put together once, until it runs out or something changes; the time as of `Date.now`. */
interface Identified {
  readonly principal: Principal;
  readonly until: number;
}

/** What identities are made from. */
export interface IdentitiesContext {
  readonly store: EventStore;
  readonly reads: ReadStore;
  readonly people: Pick<People, 'idOf' | 'forget'>;
  /** Told of each use of a token. */
  readonly uses: Pick<TokenUses, 'note'>;
}

const NOTHING: Known = { session: undefined, token: undefined, user: undefined, service: undefined };

/**
 * Who the holder of a token is. This is asked with every request, so users, groups and sessions are kept in memory, fed
 * by the log: what is closed or taken away on any server is gone here as soon as the event arrives. What is not known
 * here yet (a login on another server a moment ago) is looked up in the read models.
 */
export class Identities implements Follower {
  readonly kind = 'follower';
  readonly name = 'auth.identities';
  readonly categories = ['user', 'group', 'service', 'person'];
  readonly #context: IdentitiesContext;
  readonly #now: () => number;
  readonly #users = new MemoryRows(users);
  readonly #groups = new MemoryRows(groups);
  readonly #services = new MemoryRows(services);
  readonly #sessions: MemoryRows<Session>;
  readonly #tokens: MemoryRows<AccessTokenRow>;
  readonly #ended = new LRUCache<string, true>({ max: MAX_ENDED });
  readonly #known = new LRUCache<string, Identified>({ max: MAX_KNOWN });
  #reached: Position = 0n;

  constructor(
    context: IdentitiesContext,
    { now = Date.now, mostSessions = MAX_SESSIONS }: { now?: () => number; mostSessions?: number } = {},
  ) {
    this.#context = context;
    this.#now = now;
    this.#sessions = new MemoryRows(openSessions, mostSessions);
    this.#tokens = new MemoryRows(accessTokens, mostSessions);
  }

  /** Takes over what the read models show. */
  async begin(): Promise<Position> {
    const { store, reads } = this.#context;
    await reads.projector.caughtUp(await store.head(), Number.POSITIVE_INFINITY);
    this.#reached = reads.projector.reached;
    await Promise.all([
      this.#fill(this.#users),
      this.#fill(this.#groups),
      this.#fill(this.#services),
      this.#fill(this.#sessions),
      this.#fill(this.#tokens),
    ]);
    // The rows may be further than the position; folded into them again, its events change nothing in the end.
    return this.#reached;
  }

  handle(events: readonly Recorded[], end: Position): void {
    for (const event of events) {
      if (event.type === 'PersonErased') this.#context.people.forget(event.id);
      const before = this.#services.get(event.id)?.credential;
      const all = [this.#users, this.#groups, this.#services, this.#sessions, this.#tokens];
      for (const rows of all) rows.apply(event);
      if (before !== this.#services.get(event.id)?.credential) this.#end(before);
      if (event.type === 'SessionClosed') this.#end((event.data as { session: string }).session);
      if (event.type === 'TokenRevoked') this.#end((event.data as { token: string }).token);
      if (event.type !== 'SessionOpened') this.#known.clear();
    }
    this.#reached = end;
  }

  /**
   * Who this is; undefined where name and token are not good (any more). A service may use its token as a session, and a
   * user one that they have made for a program.
   */
  async identify(called: string, token: string): Promise<Principal | undefined> {
    if (!canBeName(called)) return undefined;
    const principal = await this.#identify(await this.#inside(called), token);
    if (principal?.token) this.#context.uses.note(principal.session);
    return principal;
  }

  async #identify(name: string, token: string): Promise<Principal | undefined> {
    const session = hashOf(token);
    // Whoever has closed a session and been told so must find it closed.
    if (!(await this.#heard(this.#context.reads.projector.reached))) return this.#lookUp(name, session, NOTHING);
    const known = this.#known.get(session);
    if (known?.principal.name === name && known.until > this.#now()) return known.principal;
    let here = this.#here(name, session);
    if (!isEnough(here, session) && !this.#ended.get(session)) {
      // Another server may have let them in a moment ago, and its rows may not be written yet.
      await this.#heard(await this.#context.store.head());
      here = this.#here(name, session);
    }
    if (isEnough(here, session)) {
      const principal = this.#principal(name, session, here, ({ groups: names, permissions }) =>
        union(permissions, names, (one) => this.#groups.get(one)),
      );
      if (principal) this.#known.set(session, { principal, until: endOf(here.session ?? here.token) });
      return principal;
    }
    return this.#ended.get(session) ? undefined : this.#lookUp(name, session, here);
  }

  /** What somebody who is called so is known by here: programs, and users of old, by their names. */
  async #inside(called: string): Promise<string> {
    if (this.#users.get(called) ?? this.#services.get(called)) return called;
    return (await this.#context.people.idOf(called)) ?? called;
  }

  /** When the session of somebody ends, ISO 8601; undefined where it does not, as that of a service's own token. */
  async expiresOf({ session }: Principal): Promise<string | undefined> {
    const { now } = this.#context.reads;
    const known = this.#sessions.get(session) ?? this.#tokens.get(session);
    return (known ?? (await now.get(openSessions, session)) ?? (await now.get(accessTokens, session)))?.expires;
  }

  #here(name: string, session: string): Known {
    return {
      session: this.#sessions.get(session),
      token: this.#tokens.get(session),
      user: this.#users.get(name),
      service: this.#services.get(name),
    };
  }

  /** Waits until this much was heard of. @returns false where that takes too long */
  async #heard(position: Position): Promise<boolean> {
    for (let waited = 0; this.#reached < position; waited += LOOK) {
      if (waited >= TIMEOUT_MS) return false;
      await sleep(LOOK);
    }
    return true;
  }

  /** By the read models; what the log has told is newer. */
  async #lookUp(name: string, session: string, here: Known): Promise<Principal | undefined> {
    const { now: view } = this.#context.reads;
    const known: Known = {
      session: here.session ?? (await view.get(openSessions, session)),
      token: here.token ?? (await view.get(accessTokens, session)),
      user: here.user ?? (await view.get(users, name)),
      service: await this.#service(name, session, here),
    };
    const found = await view.many(groups, known.user?.groups ?? []);
    return this.#principal(name, session, known, ({ groups: names, permissions }) =>
      union(permissions, names, (one) => this.#groups.get(one) ?? found.get(one)),
    );
  }

  /** A service, with the token that another server may have given it a moment ago. */
  async #service(name: string, session: string, { service }: Known): Promise<ServiceRow | undefined> {
    if (service?.credential === session) return service;
    const shown = await this.#context.reads.now.get(services, name);
    return service && shown?.credential === session ? { ...service, credential: session } : (service ?? shown);
  }

  #principal(
    name: string,
    session: string,
    known: Known,
    permissionsOf: (user: UserRow) => ReadonlySet<string>,
  ): Principal | undefined {
    const { user, service, token } = known;
    const holds = (one: Session | AccessTokenRow | undefined) => one?.user === name && endOf(one) > this.#now();
    const open = holds(known.session);
    if (user) {
      if (!user.enabled || !(open || holds(token))) return undefined;
      const owner = { name, superuser: user.superuser, permissions: permissionsOf(user), session };
      return open || !token ? owner : scopedPrincipal(owner, token, session);
    }
    // Where it matters from where, there has to be a session: only a login looks at that.
    const byToken = service?.credential === session && service.networks === undefined;
    if (!service?.enabled || !(open || byToken)) return undefined;
    return { name, superuser: false, permissions: new Set(service.permissions), session, serviceScope: service.serves };
  }

  async #fill<Row extends object>(rows: MemoryRows<Row>): Promise<void> {
    const { rows: found } = await this.#context.reads.now.list(rows.model);
    for (const { key, row } of found) rows.put(key, row);
  }

  #end(hash: string | null | undefined): void {
    if (hash) this.#ended.set(hash, true);
  }
}

/** Whether this tells who a token stands for. */
const isEnough = ({ session, token, user, service }: Known, hash: string): boolean =>
  (session !== undefined || token !== undefined || service?.credential === hash) && (user ?? service) !== undefined;

/** Until when a session holds, as of `Date.now`; where there is none, it is a token of a service, which does not run out. */
const endOf = (session: Pick<Session, 'expires'> | undefined): number =>
  session ? Date.parse(session.expires) : Number.POSITIVE_INFINITY;

function union(
  own: readonly string[],
  names: readonly string[],
  group: (name: string) => GroupRow | undefined,
): ReadonlySet<string> {
  return new Set([...own, ...names.flatMap((name) => group(name)?.permissions ?? [])]);
}
