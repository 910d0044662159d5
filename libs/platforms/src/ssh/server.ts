import type { ParametersOf } from '#platform';
import { serverSide } from '#platform/server';
import { ExecutionError } from '#tscript';
import { givenValues } from '../given-values.ts';
import { sshContract, type SshContract } from './contract.ts';

const { task, functions, half } = serverSide(sshContract);

/** At most this many characters of a command are shown in a message. */
const MAX_SHOWN = 50;

interface Execution {
  readonly order: ParametersOf<SshContract, 'execute'>;
  readonly expected: number;
  readonly rc: number | null;
}

/** The command as a message shows it; one with secrets in it is not shown. */
const shown = ({ command }: Execution['order']): string => {
  if (typeof command !== 'string') return 'a command';
  return `"${command.length > MAX_SHOWN ? `${command.slice(0, MAX_SHOWN)}…` : command}"`;
};

const execute = functions.external('execute', {
  setup: ({ expected_rc: expected, ...order }): Execution => ({ order: givenValues(order), expected, rc: null }),
  done: ({ expected, rc }) => rc === expected,
  run(state) {
    const { order, expected, rc } = state;
    if (rc === null) return state;
    // A reset runs the command again.
    const text = `${shown(order)} on ${order.host} ended with exit code ${rc}, and not with ${expected}`;
    throw new ExecutionError(text).keeping({ ...state, rc: null });
  },
  message: ({ order }) => `Waiting for ${shown(order)} on ${order.host}`,
  task: ({ order }) => task('execute', order),
  receive: { execute: (state, { rc }) => ({ ...state, rc }) },
  value: () => true,
});

interface FileCopy {
  readonly order: ParametersOf<SshContract, 'file'>;
  readonly rc: boolean | null;
}

const file = functions.external('file', {
  setup: (order): FileCopy => ({ order: givenValues(order), rc: null }),
  done: ({ rc }) => rc !== null,
  message: ({ order: { host, destination } }) => `Waiting for the file ${destination} on ${host}`,
  task: ({ order }) => task('file', order),
  receive: { file: (state, { rc }) => ({ ...state, rc }) },
  value: ({ rc }) => rc,
});

/** Hosts that are reached over SSH from a site. */
export const ssh = half({ foundationTypes: [], functions: { execute, file } });
