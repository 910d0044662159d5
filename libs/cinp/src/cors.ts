/** The headers of CInP. */
export const CINP_HEADERS: CorsNames = {
  accepted: [
    'Accept',
    'Cinp-Version',
    'Filter',
    'Content-Type',
    'Count',
    'Position',
    'Multi-Object',
    'Id-Only',
    'AUTH-ID',
    'AUTH-TOKEN',
    'Contractor-Position',
  ],
  exposed: [
    'Method',
    'Type',
    'Cinp-Version',
    'Count',
    'Position',
    'Total',
    'Multi-Object',
    'Object-Id',
    'Id-Only',
    'Verb',
    'Content-Length',
    'Contractor-Request',
    'Contractor-Position',
    'Contractor-Pending',
  ],
};
import type { CorsNames } from '#http';
