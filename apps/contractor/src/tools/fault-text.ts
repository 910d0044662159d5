/** What the command line takes of backups: it is loaded without the rest of the server, which takes longer to load. */
export { faultText, verifyBackup } from '#backup';
