export { faultText, verifyBackup } from '#backup';
