import { previewScope } from '#event-store';
import { refuse } from '#kernel';
import type { Permission } from './model.ts';

/** Which requests take a second person's yes. */
export interface ApprovalRules {
  /** @param sites where the request works, looked for only where a rule asks for it */
  demand(permission: Permission, sites: () => Promise<readonly string[]>): Promise<boolean>;
}

const WHAT_TO_DO =
  'somebody else has to approve of this: preview it (?preview), have it approved (Records/Preview/approve), then commit it (Records/Preview/commit)';

/**
 * Lets through what takes no approval; within a preview what does is noted.
 * @throws Refusal `APPROVAL_REQUIRED`, with what to do instead
 */
export async function checkApproval(
  rules: ApprovalRules | undefined,
  permission: Permission,
  sites: () => Promise<readonly string[]>,
): Promise<void> {
  if (!rules || !(await rules.demand(permission, sites))) return;
  const preview = previewScope();
  if (!preview) throw refuse('', 'APPROVAL_REQUIRED', WHAT_TO_DO);
  preview.demandsApproval();
}
