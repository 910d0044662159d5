import { defineSettings, setting, url } from '#runtime/settings';

/** What configurations tell machines about the server. */
export const configSettings = defineSettings('config', {
  contractorUrl: setting('CONTRACTOR_URL', url(['http:', 'https:']), {
    default: 'http://contractor',
    doc: 'how machines and clients reach the server; configurations tell it',
  }),
  pxeUrl: setting('CONTRACTOR_PXE_URL', url(['http:', 'https:', 'tftp:', 'nfs:']), {
    default: 'http://static/pxe/',
    doc: 'where boot images lie; configurations tell it',
  }),
});
