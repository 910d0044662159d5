import { defineSettings, InvalidValue, parser, seconds, setting } from '#runtime/settings';

/** A permission that takes a second person's yes, everywhere or at some sites. */
export interface ApprovalRule {
  /** `Building.delete_structure` */
  readonly permission: string;
  /** Undefined: at all of them. */
  readonly site: string | undefined;
}

const RULE = /^(\w+\.\w+)(?:@(\S+))?$/;

const rules = parser((text): readonly ApprovalRule[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, permission, site] = RULE.exec(part) ?? [];
      if (permission === undefined) throw new InvalidValue(`"${part}" is not like Building.delete_structure@site1`);
      return { permission, site };
    }),
);

/** Previews, and what takes a second person's yes. */
export const previewSettings = defineSettings('preview', {
  expiry: setting('CONTRACTOR_PREVIEW_EXPIRY', seconds(60, 604_800), {
    default: '3600',
    doc: 'seconds a preview may be looked at, approved and committed; then it is gone',
  }),
  approvals: setting('CONTRACTOR_APPROVALS', rules, {
    default: '',
    doc: 'what takes the approval of a second person: permissions, each with `@SITE` where it is about one site, with commas between them',
  }),
});
