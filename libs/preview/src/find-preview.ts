import { Forbidden, may } from '#api';
import type { Caller } from '#kernel';
import { refuse, writeJson } from '#kernel';
import type { Decided } from './decided.ts';
import type { KeptPreview, PreviewLedger } from './preview-ledger.ts';

/** What it takes to see the previews of others. */
export const VIEW_PREVIEWS = { grant: 'Records.view_preview' } as const;

/** A preview that has not expired. @throws Refusal */
export async function findPreview(ledger: Pick<PreviewLedger, 'find'>, id: string): Promise<KeptPreview> {
  const kept = await ledger.find(id);
  if (!kept) throw refuse('id', 'NOT_FOUND', 'there is no such preview, or it has expired');
  return kept;
}

/** One that the caller may see: an own one, or any with the permission. @throws Refusal as if there were none */
export async function findVisible(
  ledger: Pick<PreviewLedger, 'find'>,
  id: string,
  caller: Caller | undefined,
): Promise<KeptPreview> {
  const kept = await findPreview(ledger, id);
  if (caller && (kept.by === caller.principal?.name || may(caller, VIEW_PREVIEWS))) return kept;
  throw refuse('id', 'NOT_FOUND', 'there is no such preview, or it has expired');
}

/**
 * Whoever commits a preview may do all that it does, with their own permissions as they are now. Where a service works is
 * looked at when its requests are, so one that is bound to sites commits its own previews, as long as it works at the same.
 * @throws Forbidden
 */
export function checkCommitter(caller: Caller | undefined, { by }: KeptPreview, { permissions, scope }: Decided): void {
  const principal = caller?.principal;
  if (!caller || !principal || !permissions.every((permission) => may(caller, permission))) throw new Forbidden();
  const { serviceScope = null } = principal;
  if (serviceScope === null) return;
  if (principal.name !== by || writeJson(serviceScope) !== writeJson(scope)) throw new Forbidden();
}
