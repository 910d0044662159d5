import type { Fault } from '#kernel';
import { Conflict, Refusal } from '#kernel';
import { AppendRefused } from '#event-store';
import { NotReady } from '#read-store';
import { Forbidden, NotFound } from '#api';
import type { Answer } from './answer.ts';
import { Rejected } from './answer.ts';
import { modelUri } from './uri.ts';
import { invalidValue } from './values.ts';

type Body = Readonly<Record<string, unknown>>;

/** Under which name faults of the whole object stand beside faults of fields. */
const WHOLE = '__all__';

/** Codes of faults that are told in one text, not in a list: the value was not looked at by the model. */
const PLAIN: Readonly<Record<string, (fault: Fault) => string>> = {
  INVALID_VALUE: ({ text }) => invalidValue(text),
  NOT_WRITEABLE: ({ text }) => text,
};

/** Limits of the log a request can run into; its other rules are ours to keep. */
const LIMITS: readonly string[] = ['TOO_LARGE', 'TOO_MANY_STREAMS'];

/** The answer to an error the caller may know the reason of; undefined for everything else, which is a bug. */
export function answerTo(error: unknown): Answer | undefined {
  if (error instanceof Rejected) return error.answer;
  if (error instanceof Refusal) return { status: 400, body: refusalBody(error) };
  if (error instanceof Conflict) return { status: 400, body: { message: 'Changed by others meanwhile, try again' } };
  if (error instanceof AppendRefused && LIMITS.includes(error.rule)) {
    return { status: 400, body: { message: `Too much at once: ${error.message}` } };
  }
  if (error instanceof NotReady) return { status: 500, body: { message: `Not Ready: ${error.message}` } };
  if (error instanceof Forbidden) return { status: 403, body: { message: 'Not Authorized' } };
  if (error instanceof NotFound) {
    return { status: 404, body: { model_path: modelUri(error.model), object_id: String(error.key) } };
  }
  return undefined;
}

/** A refusal in one of the three shapes clients tell apart: a code for programs, one message, or texts by field. */
export function refusalBody({ faults }: Refusal): Body {
  const coded = faults.find(({ exception }) => exception !== undefined);
  if (coded) {
    const { exception, code } = coded;
    const alike = faults.filter((fault) => fault.exception === exception && fault.code === code);
    return { exception, error: code, message: joined(alike) };
  }
  if (faults.every(({ field }) => field === '')) return { message: joined(faults) };
  const fields = [...new Set(faults.map(nameOf))];
  return Object.fromEntries(
    fields.map((name) => [
      name,
      told(
        name,
        faults.filter((fault) => nameOf(fault) === name),
      ),
    ]),
  );
}

const nameOf = ({ field }: Fault): string => field || WHOLE;

function told(field: string, faults: readonly Fault[]): string | string[] {
  const [first] = faults;
  const plain = first && PLAIN[first.code];
  if (plain) return plain(first);
  // Some clients give up on a `message` that is no text, even where a field is called so.
  return field === 'message' ? joined(faults) : faults.map(({ text }) => text);
}

const joined = (faults: readonly Fault[]): string => faults.map(({ text }) => text).join('; ');
