import type { Operator } from './operators.ts';
import type { Span } from './source-text.ts';

interface Placed<Kind extends string> {
  readonly kind: Kind;
  readonly at: Span;
}

/** A whole source. */
export interface Tree extends Placed<'script'> {
  readonly lines: readonly Line[];
}

/** A line: a statement, a remark, both or (blank) neither. `last` is the line of the source on which it ends. */
export interface Line extends Placed<'line'> {
  readonly statement: Statement | null;
  readonly remark: string | null;
  readonly last: number;
}

/** A remark between the parts of a statement; `own` when it has a line to itself. */
export interface Remark extends Placed<'remark'> {
  readonly text: string;
  readonly own: boolean;
}

/** Where a goto can lead. */
export interface Label extends Placed<'label'> {
  readonly name: string;
}

/** A jump to a label. */
export interface Goto extends Placed<'goto'> {
  readonly label: string;
}

/** `break`, `continue` or `pass`. */
export interface Word extends Placed<'word'> {
  readonly word: 'break' | 'continue' | 'pass';
}

/** A block: options, and the lines between `begin` and `end`. */
export interface Block extends Placed<'block'> {
  readonly options: readonly Entry[];
  readonly lines: readonly Line[];
}

/** A loop. */
export interface While extends Placed<'while'> {
  readonly condition: Expression;
  /** Remarks between `do` and the body. */
  readonly remarks: readonly Remark[];
  readonly body: Statement;
}

/** A choice: `if`, any number of `elif`, perhaps an `else`, whose condition is null. */
export interface If extends Placed<'if'> {
  readonly branches: readonly Branch[];
}

/** One way of a choice. */
export interface Branch extends Placed<'branch'> {
  readonly condition: Expression | null;
  /** Remarks before its keyword, and those between `then` or `else` and the body. */
  readonly before: readonly Remark[];
  readonly remarks: readonly Remark[];
  readonly body: Statement;
}

/** `target = value`. */
export interface Assignment extends Placed<'assignment'> {
  readonly target: Reference | Item;
  readonly value: Expression;
}

/** A constant; `raw` as it was written. Durations are in seconds. */
export interface Literal extends Placed<'literal'> {
  readonly type: 'none' | 'boolean' | 'integer' | 'float' | 'duration' | 'text';
  readonly value: null | boolean | number | string;
  readonly raw: string;
}

/** `( left operator right )`. */
export interface Infix extends Placed<'infix'> {
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `not operand`. */
export interface Not extends Placed<'not'> {
  readonly operand: Expression;
}

/** A variable, or the member of a module. */
export interface Reference extends Placed<'reference'> {
  readonly module: string | null;
  readonly name: string;
}

/** `target[ index ]`. */
export interface Item extends Placed<'item'> {
  readonly target: Reference;
  readonly index: Expression;
}

/** `[ ... ]`. */
export interface ArrayLiteral extends Placed<'array'> {
  readonly elements: readonly Expression[];
}

/** `{ name=value, ... }`. */
export interface MapLiteral extends Placed<'map'> {
  readonly entries: readonly Entry[];
}

/** `name=value` in a map, a call or the options of a block. */
export interface Entry extends Placed<'entry'> {
  readonly name: string;
  readonly value: Expression;
}

/** A call; built-in when it has no module. */
export interface Call extends Placed<'call'> {
  readonly module: string | null;
  readonly name: string;
  readonly parameters: readonly Entry[];
}

/** `exists( target )`. */
export interface Exists extends Placed<'exists'> {
  readonly target: Reference | Item;
}

/** Anything that has a value. */
export type Expression = Literal | Infix | Not | Reference | Item | ArrayLiteral | MapLiteral | Call | Exists;

/** Anything a line can hold. */
export type Statement = Label | Goto | Word | Block | While | If | Assignment | Expression;

/** Any part of a tree. */
export type Node = Tree | Line | Remark | Branch | Entry | Statement;
