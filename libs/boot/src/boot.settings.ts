import { defineSettings, integer, setting } from '#runtime/settings';

/** How long it is kept what machines did while they booted. */
export const bootSettings = defineSettings('boot', {
  bootTraceDays: setting('CONTRACTOR_BOOT_TRACE_DAYS', integer(1, 3650), {
    default: '30',
    doc: 'how many days it is kept what machines asked for while they booted, of which a million requests are kept at most',
  }),
});
