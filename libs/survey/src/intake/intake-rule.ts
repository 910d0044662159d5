import type { JsonMap } from '#kernel';
import { entity } from '#kernel';

/** What an unknown machine becomes when it is taken in. */
export interface Intake {
  /** Of the foundation. */
  blueprint: string;
  /** Type text of the foundation (`Manual`). */
  type: string;
  site: string;
  /** What the foundation is called, with placeholders (`rack4-{serial}`). */
  locator: string;
  plot: string | null;
  /** The network its interfaces are on; null: it has none. */
  network: number | null;
  /** Fields of its platform, texts with placeholders. */
  values: JsonMap;
}

/** Which unknown machines are taken in by themselves, and as what. */
export interface IntakeRule extends Intake {
  enabled: boolean;
  /** Rules of lower order are asked first, those of the same by name. */
  order: number;
  /** What machines have to report, besides what the blueprint asks for: written as validation templates are. */
  fingerprint: JsonMap;
}

export const intakeRule = entity<IntakeRule>()({
  noun: 'IntakeRule',
  title: 'Intake rule',
  category: 'intakeRule',
  changes: {
    IntakeRuleSwitched: 'enabled',
    IntakeRuleOrdered: 'order',
    IntakeRuleNarrowed: 'fingerprint',
    IntakeRuleAimed: ['blueprint', 'type', 'site', 'locator', 'plot', 'network', 'values'],
  },
});
