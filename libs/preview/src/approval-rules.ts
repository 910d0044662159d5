import type { ApprovalRules, Permission } from '#api';
import type { ApprovalRule } from './preview.settings.ts';

/** The rules of the setting; undefined: there are none. */
export function approvalRules(rules: readonly ApprovalRule[]): ApprovalRules | undefined {
  if (rules.length === 0) return undefined;
  const byPermission = new Map<string, (string | undefined)[]>();
  for (const { permission, site } of rules) {
    byPermission.set(permission, [...(byPermission.get(permission) ?? []), site]);
  }
  return {
    demand: async (permission: Permission, sites) => {
      const asked = typeof permission === 'string' ? undefined : byPermission.get(permission.grant);
      if (!asked) return false;
      if (asked.includes(undefined)) return true;
      return (await sites()).some((site) => asked.includes(site));
    },
  };
}
