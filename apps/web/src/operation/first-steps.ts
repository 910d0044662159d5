/** What an installation has, as far as the first steps look at it; undefined: not known yet. */
export interface Had {
  readonly sites: number | undefined;
  /** Networks that use an address block. */
  readonly networks: number | undefined;
  readonly blueprints: number | undefined;
  readonly structures: number | undefined;
  readonly built: number | undefined;
}

/** The steps from an empty server to the first machine that is built, in their order. */
export const STEPS = [
  ['site', 'Site', 'Where machines are.'],
  ['network', 'Network', 'The addresses they get.'],
  ['resources', 'Blueprints', 'What they become, and how.'],
  ['machine', 'Machine', 'The first one is made.'],
  ['watch', 'Built', 'Jobs build it while one watches.'],
] as const;
export type StepId = (typeof STEPS)[number][0];

/** Whether there is what each step makes. */
export const doneSteps = ({
  sites,
  networks,
  blueprints,
  structures,
  built,
}: Had): Readonly<Record<StepId, boolean>> => ({
  site: (sites ?? 0) > 0,
  network: (networks ?? 0) > 0,
  resources: (blueprints ?? 0) > 0,
  machine: (structures ?? 0) > 0,
  watch: (built ?? 0) > 0,
});

/** The first step that is left; undefined: none is. */
export function nextStep(had: Had): StepId | undefined {
  const done = doneSteps(had);
  return STEPS.find(([id]) => !done[id])?.[0];
}

/** An address block as one writes it; undefined where it is none: `10.0.0.0/24`. */
export function blockIn(text: string): { readonly subnet: string; readonly prefix: number } | undefined {
  const [, subnet = '', prefix = ''] = /^\s*([0-9a-f.:]+)\/(\d{1,3})\s*$/i.exec(text) ?? [];
  const most = subnet.includes(':') ? 128 : 32;
  return subnet !== '' && Number(prefix) <= most ? { subnet, prefix: Number(prefix) } : undefined;
}
