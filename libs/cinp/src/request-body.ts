import { readJson, UnusableBody } from '#http';
import type { HttpRequest, PartReaders } from '#http';
import { wrong } from './answer.ts';

/** How clients know what is wrong with their data. */
const WORDS: { readonly [R in UnusableBody['rule']]: (why: string) => string } = {
  TOO_LARGE: (why) => why,
  TYPE: (why) => why,
  MALFORMED: (why) => `Error Parsing JSON Request data: "${why}"`,
};

/** How bodies of JSON are announced; the oldest clients call theirs a form. */
const TYPES = ['application/json', 'application/x-www-form-urlencoded'] as const;

/** The data of a request; undefined where there is none, and for `null`. @throws Rejected */
export async function readData(request: HttpRequest, limit: number, reads?: PartReaders): Promise<unknown> {
  try {
    return await readJson(request, { limit, types: TYPES, reads });
  } catch (error) {
    if (error instanceof UnusableBody) throw wrong(WORDS[error.rule](error.message));
    throw error;
  }
}
