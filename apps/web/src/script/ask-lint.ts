import { call } from '../api/request.ts';
import type { LintFault } from './lint-fault.ts';

interface Linted {
  readonly faults: readonly LintFault[];
}

/** What the server says is wrong with a script. @throws Problem */
export const lintScript = async (script: string): Promise<readonly LintFault[]> =>
  (await call<Linted>('/BluePrint/Script/lint', { script })).faults;

/** What the server says is wrong with a text that machines are told. @throws Problem */
export const lintTemplate = async (text: string): Promise<readonly LintFault[]> =>
  (await call<Linted>('/BluePrint/PXE/lint', { text })).faults;
