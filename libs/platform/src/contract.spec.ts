import { describe, expect, it } from '@jest/globals';
import type { Secret } from '#kernel';
import type { AgentHalf } from './agent-half.ts';
import { platformContract, withDefault } from './contract.ts';
import { serverSide } from './server.ts';
import { boolean, choice, integer, optional, record, secret, text } from './shape.ts';

const oven = platformContract({
  name: 'oven',
  tasks: {
    bake: {
      repeat: 'observe',
      parameters: {
        dish: text(),
        degrees: integer({ min: 50, max: 300 }),
        credentials: record({ user: text(), password: secret() }),
      },
      result: { done: boolean(), note: optional(text()) },
    },
    look: { repeat: 'safe', parameters: {}, result: { state: choice('cold', 'hot') } },
  },
  functions: {
    bake: { dish: text(), degrees: withDefault(integer({ min: 50, max: 300 }), 180), note: optional(text()) },
  },
  foundationFunctions: { open: {} },
});
type Oven = typeof oven;

interface Baking {
  readonly dish: string;
  readonly done: boolean;
}

const password = { $secret: 'id' };
const stages = { done: ({ done }: Baking) => done, value: () => null };
const { task, functions, foundationFunctions, half } = serverSide(oven);

/** Never called: the type check of the repository is the test, each line below an `@ts-expect-error` must be an error. */
export function serverHalfDoesNotCompile(): void {
  const credentials = { user: 'root', password };
  // @ts-expect-error a misspelt task
  task('bkae', { dish: 'bread', degrees: 200, credentials });
  // @ts-expect-error a misspelt parameter of a task
  task('bake', { dsh: 'bread', degrees: 200, credentials });
  // @ts-expect-error a parameter of another type
  task('bake', { dish: 'bread', degrees: '200', credentials });
  // @ts-expect-error a parameter inside of another one
  task('bake', { dish: 'bread', degrees: 200, credentials: { usr: 'root', password } });
  // @ts-expect-error a misspelt function
  functions.inline('bkae', () => null);
  functions.external('bake', {
    ...stages,
    // @ts-expect-error a misspelt parameter of a function
    setup: ({ dsh }): Baking => ({ dish: String(dsh), done: false }),
  });
  functions.external('bake', {
    setup: ({ dish }): Baking => ({ dish, done: false }),
    done: ({ done }) => done,
    task: () => task('look', {}),
    // @ts-expect-error a misspelt field of a result
    receive: { look: (state, { stat }) => ({ ...state, done: stat === 'hot' }) },
    value: () => null,
  });
  functions.external('bake', {
    setup: ({ dish }): Baking => ({ dish, done: false }),
    done: ({ done }) => done,
    task: () => task('look', {}),
    // @ts-expect-error a text that a result never is
    receive: { look: (state, { state: heat }) => ({ ...state, done: heat === 'warm' }) },
    value: () => null,
  });
  functions.external('bake', {
    setup: ({ dish }): Baking => ({ dish, done: false }),
    done: ({ done }) => done,
    task: () => task('look', {}),
    // @ts-expect-error nobody takes the result of the task that is sent
    receive: { bake: (state) => state },
    value: () => null,
  });
  const bake = functions.inline('bake', () => null);
  // @ts-expect-error a function of the contract is missing
  half({ functions: {}, foundationTypes: [] });
  // @ts-expect-error a function stands under the name of another one
  half({ functions: { bake: foundationFunctions.inline('open', () => null) }, foundationTypes: [] });
  half({ functions: { bake }, foundationTypes: [] });
}

/** Never called, as above. */
export function agentHalfDoesNotCompile(): readonly AgentHalf<Oven>[] {
  const observe: AgentHalf<Oven>['observe'] = { bake: async () => ({ state: 'not-done' }) };
  const look = async () => ({ state: 'hot' }) as const;
  const bake = async () => ({ done: true });
  return [
    { contract: oven, observe, tasks: { bake, look } },
    // @ts-expect-error a task is missing
    { contract: oven, observe, tasks: { look } },
    // @ts-expect-error a task that is to be observed has no observer
    { contract: oven, observe: {}, tasks: { bake, look } },
    {
      contract: oven,
      observe,
      tasks: {
        // @ts-expect-error a misspelt parameter
        bake: async ({ dsh }) => ({ done: dsh === 'bread' }),
        look,
      },
    },
    {
      contract: oven,
      observe,
      tasks: {
        bake,
        // @ts-expect-error a misspelt field of the result
        look: async () => ({ stat: 'hot' }),
      },
    },
    {
      contract: oven,
      observe,
      tasks: {
        bake,
        // @ts-expect-error a text the result may not be
        look: async () => ({ state: 'warm' }),
      },
    },
    {
      contract: oven,
      tasks: { bake, look },
      observe: {
        // @ts-expect-error a result that would not be that of the task
        bake: async () => ({ state: 'done', result: { dne: true } }),
      },
    },
    {
      contract: oven,
      observe,
      tasks: {
        look,
        // @ts-expect-error a secret is no text
        bake: async ({ credentials }) => ({ done: credentials.password.startsWith('x') }),
      },
    },
    {
      contract: oven,
      observe,
      tasks: {
        look,
        bake: async ({ credentials }) => {
          const wrapped: Secret = credentials.password;
          return { done: wrapped.reveal() !== '' };
        },
      },
    },
  ];
}

describe('a contract', () => {
  it('refuses a task whose parameters are not its own, also where the types were talked round', () => {
    expect(() => task('bake', { dish: 'bread', degrees: 20, credentials: { user: 'a', password } })).toThrow(
      'parameter degrees must be an integer from 50 to 300, and is 20',
    );
    expect(() => task('bake', { dish: 'bread', degrees: 60, credentials: { user: 'a' } as never })).toThrow(
      'parameter credentials.password must be a secret or text',
    );
  });

  it('has whoever sends tasks take their results', () => {
    expect(() =>
      functions.external('bake', {
        setup: (): Baking => ({ dish: '', done: true }),
        task: () => task('look', {}),
        ...stages,
      }),
    ).toThrow('oven.bake sends tasks and receives none');
  });
});
