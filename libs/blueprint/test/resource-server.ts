import { randomUUID } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { SERVED } from '#config';
import type { NamedCommand, StoredEvent } from '#event-store';
import { CommandContext } from '#event-store';
import { Refusal } from '#kernel';
import type { TestModules } from '#testing';
import { startModules } from '#testing';
import { BlueprintModule } from '../src/blueprint.module.ts';
import type { BluePrintRow } from '../src/blueprints.ts';
import { blueprints } from '../src/blueprints.ts';
import { exportResources } from '../src/resources/export-resources.ts';
import type { LoadResult } from '../src/resources/load-result.ts';
import type { LoadOrder } from '../src/resources/resource-file.commands.ts';
import { LoadResources } from '../src/resources/resource-file.commands.ts';

/** What configurations say of a server that is none. */
const served = { contractorUrl: 'http://contractor', pxeUrl: 'http://static/pxe/' };

@Global()
@Module({ providers: [{ provide: SERVED, useValue: served }], exports: [SERVED] })
class ServedModule {}

/** A server with blueprints alone. */
export interface ResourceServer {
  readonly modules: TestModules;
  send<R>(command: NamedCommand<R>): Promise<R>;
  /** Loads one file; its name is `test.toml` unless said otherwise. */
  load(text: string, how?: Partial<LoadOrder>, file?: string): Promise<LoadResult>;
  loadAll(files: Readonly<Record<string, string>>, how?: Partial<LoadOrder>): Promise<LoadResult>;
  export(...names: readonly string[]): Promise<string>;
  /** The events behind a position, with their streams and data. */
  eventsSince(position: bigint): Promise<readonly string[]>;
  head(): Promise<bigint>;
  /** A blueprint as it is shown. */
  row(name: string): Promise<BluePrintRow | undefined>;
  /** What became of each thing: `script web-create created`. */
  outcomes(loaded: Promise<LoadResult>): Promise<readonly string[]>;
  /** What was refused: `test.toml:4: structure.web: …`. */
  faults(loaded: Promise<unknown>): Promise<readonly string[]>;
  /** Does something, and tells the types of the events it has led to, with their streams. */
  eventsOf(act: () => Promise<unknown>): Promise<readonly string[]>;
}

export async function startResourceServer(): Promise<ResourceServer> {
  const modules = await startModules({ imports: [ServedModule, BlueprintModule] });
  const send = async <R>(command: NamedCommand<R>): Promise<R> => {
    const id = randomUUID();
    const metadata = { actor: 'tester', request: id, correlation: id };
    const context = new CommandContext({ metadata, now: modules.clock.now() });
    const { value } = await modules.gateway.execute(command, context);
    await modules.caughtUp();
    return value;
  };
  const loadAll = (files: Readonly<Record<string, string>>, how: Partial<LoadOrder> = {}) =>
    send(
      new LoadResources({
        files: new Map(Object.entries(files)),
        shipped: [],
        type: 'all',
        name: null,
        mode: 'both',
        dryRun: false,
        ...how,
      }),
    );
  const head = () => modules.store.head();
  const eventsSince = async (position: bigint): Promise<readonly string[]> => {
    const events: StoredEvent[] = [];
    for (let after = position; ;) {
      const { events: some } = await modules.store.readAll(after);
      if (some.length === 0) return events.map(({ stream, type, data }) => `${stream} ${type} ${data}`);
      events.push(...some);
      after = some.at(-1)?.position ?? after;
    }
  };
  return {
    modules,
    send,
    loadAll,
    load: (text, how, file = 'test.toml') => loadAll({ [file]: text }, how),
    export: (...names) => exportResources(modules.reads.now, names),
    head,
    eventsSince,
    row: (name) => modules.reads.now.get(blueprints, name),
    outcomes: async (loaded) => (await loaded).objects.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`),
    faults: async (loaded) => {
      const error: unknown = await loaded.catch((thrown: unknown) => thrown);
      if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
      return error.faults.map(({ field, text }) => `${field}: ${text}`);
    },
    eventsOf: async (act) => {
      const before = await head();
      await act();
      return (await eventsSince(before)).map((event) => event.split(' ').slice(0, 2).join(' '));
    },
  };
}
