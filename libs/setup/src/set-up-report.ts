import type { NamedCommand } from '#event-store';
import type { UnitOfWork } from '#kernel';

/** What became of one thing a set-up is about: `unchanged` was there before, `skipped` cannot be made here. */
export interface SetUpObject {
  readonly kind: string;
  readonly name: string;
  /** Null in a dry run, and of what has no id of its own. */
  readonly id: string | number | null;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'skipped';
}

/** What a set-up came to. A type, so that it is JSON. */
export type SetUpResult = {
  readonly dry_run: boolean;
  readonly objects: readonly SetUpObject[];
  readonly warnings: readonly string[];
  /** Settings the server has to be started with from now on, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Lines for the resolver of the server's machine. */
  readonly resolver: readonly string[];
};

/** Decides a command in the unit of work of the set-up. */
export type Decide = <R>(command: NamedCommand<R>) => Promise<R>;

/** One run of a set-up: it decides, and notes what became of each thing. */
export class SetUpRun {
  readonly objects: SetUpObject[] = [];
  readonly warnings: string[] = [];

  constructor(
    readonly work: UnitOfWork,
    readonly decide: Decide,
  ) {}

  /** Makes a thing where it is not there. @returns its id */
  async ensure<I extends string | number>(
    kind: string,
    name: string,
    { found, make }: { readonly found: I | undefined; readonly make: () => NamedCommand<I> },
  ): Promise<I> {
    if (found !== undefined) {
      this.note(kind, name, 'unchanged', found);
      return found;
    }
    let id: I | undefined;
    await this.faultsOf(kind, name, async () => void (id = await this.decide(make())));
    this.note(kind, name, 'created', id);
    return id as I;
  }

  /** Does a part of it; what is wrong with it is told with the thing it is about. */
  async faultsOf(kind: string, name: string, part: () => Promise<unknown>): Promise<void> {
    const faults = await this.work.faultsOf(part);
    for (const { field, code, text, rule } of faults) {
      const about = [field, rule ?? text].filter((one) => one !== '').join(': ');
      this.work.fault('', code, `${kind} ${name}: ${about}`);
    }
  }

  note(kind: string, name: string, outcome: SetUpObject['outcome'], id?: string | number): void {
    // What was only rehearsed has ids below zero, which stand for nothing.
    const own = id === undefined || (typeof id === 'number' && id < 0) ? null : id;
    this.objects.push({ kind, name, id: own, outcome });
  }
}
