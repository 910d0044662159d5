/** The headers of the REST API. */
export const REST_HEADERS: CorsNames = {
  accepted: [
    'Accept',
    'Authorization',
    'Content-Type',
    'Auth-Id',
    'Auth-Token',
    'If-Match',
    'If-None-Match',
    'Idempotency-Key',
    'Contractor-Reason',
    'Contractor-Position',
    'Last-Event-ID',
  ],
  exposed: [
    'ETag',
    'Location',
    'Retry-After',
    'Contractor-Request',
    'Contractor-Position',
    'Contractor-Pending',
    'Idempotency-Replayed',
  ],
};
import type { CorsNames } from '#http';
