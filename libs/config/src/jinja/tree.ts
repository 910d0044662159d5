import type { Value } from './values.ts';

/** What a filter, a test or a call is handed, as it is written. */
export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*list` and `**map`. */
  readonly list?: Expression;
  readonly map?: Expression;
}

export type Expression =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'slice'; readonly of: Expression; readonly bounds: readonly (Expression | undefined)[] }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: CallArguments }
  /** `of` undefined: what the block it stands over comes to. */
  | {
      readonly kind: 'filter';
      readonly of: Expression | undefined;
      readonly name: string;
      readonly args: CallArguments;
      readonly line: number;
    }
  | {
      readonly kind: 'test';
      readonly of: Expression;
      readonly name: string;
      readonly args: CallArguments;
      readonly line: number;
    }
  | { readonly kind: 'not' | 'negative' | 'positive'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'comparison';
      readonly first: Expression;
      readonly rest: readonly (readonly [operator: string, value: Expression])[];
    }
  | { readonly kind: 'joined'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'choice';
      readonly test: Expression;
      readonly value: Expression;
      readonly otherwise: Expression | undefined;
      readonly line: number;
    };

/** What values are assigned to. */
export type Place =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: string; readonly name: string }
  | { readonly kind: 'places'; readonly places: readonly Place[] };

/** What a macro takes: names, with defaults for the last of them. */
export interface Signature {
  readonly names: readonly string[];
  readonly defaults: readonly Expression[];
}

export type Statements = readonly Statement[];

export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly values: readonly Expression[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: Statements }[];
      readonly otherwise: Statements;
    }
  | {
      readonly kind: 'for';
      readonly place: Place;
      readonly over: Expression;
      readonly only: Expression | undefined;
      readonly recursive: boolean;
      readonly body: Statements;
      readonly otherwise: Statements;
    }
  | { readonly kind: 'set'; readonly place: Place; readonly value: Expression }
  | {
      readonly kind: 'setBlock';
      readonly place: Place;
      readonly filter: Expression | undefined;
      readonly body: Statements;
    }
  | {
      readonly kind: 'with';
      readonly places: readonly Place[];
      readonly values: readonly Expression[];
      readonly body: Statements;
    }
  | { readonly kind: 'macro'; readonly name: string; readonly signature: Signature; readonly body: Statements }
  | {
      readonly kind: 'call';
      readonly call: Expression & { readonly kind: 'call' };
      readonly signature: Signature;
      readonly body: Statements;
    }
  | { readonly kind: 'filter'; readonly filter: Expression; readonly body: Statements }
  | { readonly kind: 'block'; readonly scoped: boolean; readonly body: Statements }
  /** Reaches for another template; there are none. */
  | { readonly kind: 'load' };
