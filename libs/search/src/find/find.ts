import type { ApiCatalogue } from '#api';
import { boundTo, Forbidden, may, NotFound, permissionFor, restUriOf, SiteGuard } from '#api';
import type { SiteGuardParts } from '#api';
import type { Caller } from '#kernel';
import { refuse } from '#kernel';
import type { ReadStore, View } from '#read-store';
import type { Candidate } from './candidates.ts';
import { byAddress, byAlias, byFqdn, byId, byMac, byName, byTerm } from './candidates.ts';
import { evidenceOf } from './evidence.ts';

/** The longest text that is searched for, in characters. */
export const MAX_TEXT = 200;
/** How many results there are unless said otherwise, and at most. */
export const COUNT = { usual: 20, most: 100 } as const;

/** Something that was found. */
export interface FindResult {
  readonly model: string;
  readonly id: string;
  readonly name: string;
  readonly site: string | null;
  /** What of it matched, in words, and how that is written. */
  readonly by: string;
  readonly value: string;
  readonly link: string;
}

export interface FindResults {
  readonly results: readonly FindResult[];
  /** Whether there are more than are shown. */
  readonly more: boolean;
}

export interface FindParts {
  readonly catalogue: ApiCatalogue;
  readonly reads: SiteGuardParts['reads'] & Pick<ReadStore, 'now'>;
  readonly head: () => Promise<bigint>;
}

/** Finds objects by one text, whatever it is of them; only those that the caller may see. */
export class Finder {
  readonly #parts: FindParts;
  #guard: SiteGuard | undefined;

  constructor(parts: FindParts) {
    this.#parts = parts;
  }

  /** @throws Refusal where the text is empty or too long, or the count is out of range */
  async find(given: string, count: number, view: View, caller: Caller): Promise<FindResults> {
    const text = given.trim();
    if (text === '' || text.length > MAX_TEXT) {
      throw refuse('q', 'INVALID', `must be a text of 1 to ${MAX_TEXT} characters`);
    }
    if (count < 1 || count > COUNT.most) throw refuse('count', 'RANGE', `must be from 1 to ${COUNT.most}`);
    const lower = text.toLowerCase();
    const found = await Promise.all([
      byName(view, lower),
      byAlias(view, lower, caller),
      byTerm(view, lower),
      byFqdn(view, lower),
      byMac(view, lower),
      byAddress(view, lower),
      byId(view, lower),
    ]);
    const results: FindResult[] = [];
    for (const candidate of best(found.flat())) {
      const result = await this.#shown(candidate, lower, view, caller);
      if (!result) continue;
      if (results.length === count) return { results, more: true };
      results.push(result);
    }
    return { results, more: false };
  }

  /** What is told of a candidate; undefined: it is not there, the caller may not see it, or what matches is a secret. */
  async #shown(candidate: Candidate, text: string, view: View, caller: Caller): Promise<FindResult | undefined> {
    const { model: path, id, by } = candidate;
    const model = this.#parts.catalogue.whole.model(path);
    if (!model || !may(caller, permissionFor(model, 'view'))) return undefined;
    const evidence = await evidenceOf(candidate, text, view, this.#parts.reads);
    if (!evidence) return undefined;
    if (boundTo(caller)) {
      const { catalogue, reads, head } = this.#parts;
      this.#guard ??= new SiteGuard({ catalogue: catalogue.whole, reads, head });
      try {
        await this.#guard.objects(caller, model, [id], view, false);
      } catch (error) {
        if (error instanceof Forbidden || error instanceof NotFound) return undefined;
        throw error;
      }
    }
    return { model: path, id: String(id), by, ...evidence, link: restUriOf(path, id) };
  }
}

/** Each object once, by what matches it best; the best first, then by model and id. */
function best(candidates: readonly Candidate[]): readonly Candidate[] {
  const byObject = new Map<string, Candidate>();
  for (const one of candidates) {
    const key = `${one.model}/${one.id}`;
    const known = byObject.get(key);
    if (!known || one.rank < known.rank) byObject.set(key, one);
  }
  const order = (one: Candidate, other: Candidate): number =>
    one.rank - other.rank || lengthOf(one) - lengthOf(other) || (keyOf(one) < keyOf(other) ? -1 : 1);
  return [...byObject.values()].toSorted(order);
}

const lengthOf = ({ value, id }: Candidate): number => (value ?? String(id)).length;
const keyOf = ({ model, id }: Candidate): string => `${model}/${String(id).padStart(16, '0')}`;
