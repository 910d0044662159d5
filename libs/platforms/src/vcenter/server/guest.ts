import type { ParametersOf, SealedText } from '#platform';
import { ExecutionError } from '#tscript';
import type { VcenterContract } from '../contract.ts';
import { machineAtHand } from './place.ts';
import { vcenterSide } from './side.ts';

const { task, foundationFunctions } = vcenterSide;

interface Execution {
  readonly order: ParametersOf<VcenterContract, 'execute'>;
  readonly expected: number;
  /** How it ended: the exit code, or why it did not run. */
  readonly ended: { readonly rc?: number | undefined; readonly error?: string | undefined } | null;
}

/** A command as an argument of a shell. A secret in it stays a reference, and is not looked into. */
function quoted(command: SealedText): SealedText {
  const escaped = (plain: string): string => plain.replaceAll(/[\\"$`]/g, (one) => `\\${one}`);
  if (typeof command === 'string') return `-c "${escaped(command)}"`;
  const parts = '$text' in command ? (command.$text as Extract<SealedText, { $text: unknown }>['$text']) : [command];
  const inside = parts.map((part) => (typeof part === 'string' ? escaped(part) : part));
  return { $text: ['-c "', ...inside, '"'] };
}

/** `foundation.execute`: runs a command in the guest. */
export const execute = foundationFunctions.external('execute', {
  setup({ username, password, command, dir, timeout, expected_rc: expected }, context): Execution {
    const guest = { username, password, program: '/bin/sh', args: quoted(command), dir, timeout };
    return { order: { ...machineAtHand(context), ...guest }, expected, ended: null };
  },
  done: ({ expected, ended }) => ended?.rc === expected,
  run(state) {
    const { order, expected, ended } = state;
    if (ended === null) return state;
    const why = ended.error ?? `it ended with exit code ${ended.rc}, and not with ${expected}`;
    // A reset runs the command again.
    throw new ExecutionError(`the command in "${order.name}": ${why}`).keeping({ ...state, ended: null });
  },
  message: ({ order: { name } }) => `Waiting for the command in "${name}"`,
  task: ({ order }) => task('execute', order),
  receive: { execute: (state, { rc, error }) => ({ ...state, ended: { rc, error } }) },
  value: () => true,
});

interface Marking {
  readonly order: ParametersOf<VcenterContract, 'mark_as_template'>;
  readonly done: boolean;
}

/** `foundation.mark_as_template`: makes the machine a template, or a machine again. */
export const markAsTemplate = foundationFunctions.external('mark_as_template', {
  setup: ({ as_template }, context): Marking => ({ order: { ...machineAtHand(context), as_template }, done: false }),
  done: ({ done }) => done,
  message: ({ order }) => `Waiting for the machine to be ${order.as_template ? 'a template' : 'no template any more'}`,
  task: ({ order }) => task('mark_as_template', order),
  receive: { mark_as_template: (state) => ({ ...state, done: true }) },
  value: () => null,
});

interface Exporting {
  readonly order: ParametersOf<VcenterContract, 'export'>;
  readonly location: string | null;
}

/** `foundation.export`: writes the machine to a URL. */
export const exportMachine = foundationFunctions.external('export', {
  setup: ({ url }, context): Exporting => ({ order: { ...machineAtHand(context), url }, location: null }),
  done: ({ location }) => location !== null,
  message: () => 'Waiting for the machine to be exported',
  task: ({ order }) => task('export', order),
  receive: { export: (state, { location }) => ({ ...state, location }) },
  value: ({ location }) => location,
});
