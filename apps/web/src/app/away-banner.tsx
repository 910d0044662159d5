import { Banner } from '@patternfly/react-core';
import { useConnection } from '../api/live.ts';

/** Says that the server is away for as long as it is; what is on the page is from before. */
export function AwayBanner() {
  if (useConnection() !== 'away') return null;
  return (
    <Banner status="warning" screenReaderText="Warning">
      <span role="status">The server cannot be reached. Trying again …</span>
    </Banner>
  );
}
