/** The database or the log is in use, or holds something already. */
export class RestoreRefused extends Error {}
