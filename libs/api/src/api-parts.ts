import type { ReadStore } from '#read-store';
import { may } from './caller.ts';
import type { ApprovalRules } from './approvals.ts';
import { checkApproval } from './approvals.ts';
import type { Catalogue } from './catalogue.ts';
import type { ReadSource } from './consistent-reads.ts';
import { ConsistentReads } from './consistent-reads.ts';
import { Forbidden } from './errors.ts';
import type { Call, Model, Permission } from './model.ts';
import type { Request } from './request.ts';
import type { RestrictedField } from './permissions.ts';
import { restrictedFields } from './permissions.ts';
import type { CommandTarget } from './send-commands.ts';
import { SiteGuard } from './site-guard.ts';

const EVERYTHING_SHOWN: readonly string[] = [];

/** What the API stands on. */
export interface ApiContext extends ReadSource, CommandTarget {
  readonly reads: ReadSource['reads'] & Pick<ReadStore, 'changes'>;
  readonly catalogue: Catalogue;
  /** Which requests take a second person's yes; none unless given. */
  readonly approvals?: () => ApprovalRules | undefined;
}

/** What reads, changes and calls of the API have in common: who may what, and views that show what they have to. */
export class ApiParts {
  readonly context: ApiContext;
  readonly guard: SiteGuard;
  readonly reads: ConsistentReads;
  /** The fields not everybody is shown, by the path of their model. */
  readonly #restricted: ReadonlyMap<string, readonly RestrictedField[]>;

  constructor(context: ApiContext) {
    this.context = context;
    this.guard = new SiteGuard(context);
    this.reads = new ConsistentReads(context);
    this.#restricted = new Map(
      context.catalogue.models.flatMap((model) => {
        const fields = restrictedFields(model);
        return fields.length === 0 ? [] : [[model.path, fields] as const];
      }),
    );
  }

  /** @throws Forbidden */
  authorize({ caller }: Request, permission: Permission, does: 'reads' | 'changes' = 'reads'): void {
    if (!may(caller, permission)) throw new Forbidden('Not Authorized');
    if (does === 'changes' && caller.principal?.token?.readOnly) throw new Forbidden('the token is for reading only');
  }

  /** Lets a change through, unless a second person has to approve of it. @throws Refusal */
  async approved(permission: Permission, sites: () => Promise<readonly string[]>): Promise<void> {
    const rules = this.context.approvals?.();
    if (rules) await checkApproval(rules, permission, sites);
  }

  /** The fields of a model whose values the caller may not see. */
  hidden({ path }: Model, { caller }: Request): readonly string[] {
    const restricted = this.#restricted.get(path);
    if (!restricted) return EVERYTHING_SHOWN;
    return restricted.filter(({ shownTo }) => !may(caller, shownTo)).map(({ name }) => name);
  }

  /** Who calls, and what they see. */
  call({ caller }: Request): Call {
    return { caller, view: this.reads.now, now: this.context.clock.now() };
  }
}
