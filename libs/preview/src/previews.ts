import type { OnModuleInit } from '@nestjs/common';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { PreviewOrder, PreviewProtocol, PreviewReport } from '#api';
import { ApiCatalogue, DeletionRegistry, PreviewMaker } from '#api';
import { ZoneDifferences } from '#dns';
import { Features } from '#event-sourcing';
import type { Clock, EventStore } from '#event-store';
import {
  AppendRefused,
  CLOCK,
  CommandExecutor,
  CommandRunner,
  EVENT_STORE,
  MAX_APPEND_BYTES,
  MAX_LARGE_APPEND_BYTES,
} from '#event-store';
import { Foreman } from '#foreman';
import { refuse, writeJson } from '#kernel';
import type { Caller, Json, JsonMap } from '#kernel';
import type { ReadStore } from '#read-store';
import { NotReady, READ_STORE } from '#read-store';
import type { SettingsOf } from '#runtime/settings';
import { Secrets } from '#secrets';
import type { DecidedPreview } from './decide-preview.ts';
import { decidePreview } from './decide-preview.ts';
import { decidedOf, decidedText, digestOf } from './decided.ts';
import { MAX_PREVIEWS, PreviewLedger } from './preview-ledger.ts';
import { reportOf } from './preview-report.ts';
import { restrictedMask } from './restricted-mask.ts';
import type { previewSettings } from './preview.settings.ts';

/** Injection token of the settings of previews. */
export const PREVIEW_SETTINGS = Symbol('PreviewSettings');

/** How long it waits for the read models to show the log. */
const TIMEOUT_MS = 5000;

/** Makes previews, and keeps those that can be committed. */
@Injectable()
export class Previews extends PreviewMaker implements OnModuleInit {
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  @Inject(CommandRunner) protected readonly runner!: CommandRunner;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(EVENT_STORE) protected readonly store!: EventStore;
  @Inject(CLOCK) protected readonly clock!: Clock;
  @Inject(Features) protected readonly features!: Features;
  @Inject(ApiCatalogue) protected readonly catalogue!: ApiCatalogue;
  @Inject(DeletionRegistry) protected readonly deletions!: DeletionRegistry;
  @Inject(Secrets) protected readonly secrets!: Secrets;
  @Inject(PreviewLedger) protected readonly ledger!: PreviewLedger;
  @Inject(PREVIEW_SETTINGS) protected readonly settings!: SettingsOf<typeof previewSettings>;
  @Optional() @Inject(Foreman) protected readonly foreman: Foreman | undefined;
  @Optional() @Inject(ZoneDifferences) protected readonly zones: ZoneDifferences | undefined;
  #protocol: PreviewProtocol | undefined;

  async onModuleInit(): Promise<void> {
    await this.ledger.start();
  }

  use(protocol: PreviewProtocol): void {
    this.#protocol = protocol;
  }

  /** The protocol that previews are written in. @throws Error where none has said how */
  get protocol(): PreviewProtocol {
    if (!this.#protocol) throw new Error('no protocol has told how it reads requests');
    return this.#protocol;
  }

  /** Masks what takes a permission of its own to be seen, unless a caller has it. */
  maskFor(caller: Caller): (value: Json) => Json {
    return restrictedMask(this.catalogue.whole, caller);
  }

  async make(order: PreviewOrder): Promise<PreviewReport> {
    const noted = new Set<string>();
    const kept: { secrets: readonly string[] } = { secrets: [] };
    try {
      return await Secrets.noting(noted, () => this.#make(order, noted, kept));
    } finally {
      const used = new Set(kept.secrets);
      await this.secrets.drop([...noted].filter((id) => !used.has(id)));
    }
  }

  async #make(
    order: PreviewOrder,
    noted: ReadonlySet<string>,
    kept: { secrets: readonly string[] },
  ): Promise<PreviewReport> {
    const { projector, now: base } = this.reads;
    if (!(await projector.caughtUp(await this.store.head(), TIMEOUT_MS)))
      throw new NotReady('the read models are late');
    const parts = { runner: this.runner, base, deletions: this.deletions };
    const { value: decided, work } = await this.executor.preview((unit) => decidePreview(unit, order.steps, parts));
    const { upcasters, readModels: models } = this.features;
    const what = await decidedOf(work, decided, { upcasters, models, base });
    const { principal } = order.caller;
    const permissions = order.steps.map(({ permission }) => permission);
    const text = decidedText({ ...what, permissions, scope: principal?.serviceScope ?? null });
    checkSize(text, decided);
    const own = [...noted].filter((id) => text.includes(id));
    const report = await reportOf(decided, order, {
      ...parts,
      features: this.features,
      catalogue: this.catalogue.whole.forProtocol('rest'),
      protocol: this.protocol,
      zones: this.zones,
      foreman: this.foreman,
      now: this.clock.now(),
    });
    if (decided.events.length === 0 || principal === undefined) return { id: null, ...report };
    const shown = await this.#keep(order, decided, report, text, own);
    kept.secrets = own;
    return shown;
  }

  async #keep(
    order: PreviewOrder,
    { run, events }: DecidedPreview,
    report: JsonMap,
    decided: string,
    secrets: readonly string[],
  ) {
    const { id, caller, reason = null, steps } = order;
    const needsApproval = order.approval || run.needsApproval;
    const by = caller.principal?.name ?? '';
    const expires = await this.ledger.keep(
      {
        id,
        by,
        needsApproval,
        reason,
        requests: steps.map(({ method, path }) => `${method} ${path}`),
        events: events.length,
        decided,
        report: writeJson(report),
        secrets,
      },
      this.settings.expiry,
    );
    if (expires === undefined) {
      throw refuse(
        '',
        'TOO_MANY',
        `there are ${MAX_PREVIEWS} previews already; discard some, or wait until they expire`,
      );
    }
    const head = { id, by, expires, reason, needs_approval: needsApproval, digest: digestOf(decided) };
    return { ...head, ...report };
  }
}

/** What is too large to be appended is refused as it would be. */
function checkSize(text: string, { run }: DecidedPreview): void {
  const most = run.isLarge ? MAX_LARGE_APPEND_BYTES : MAX_APPEND_BYTES;
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw new AppendRefused('TOO_LARGE', `${bytes} bytes in one append; at most ${most}`);
}
