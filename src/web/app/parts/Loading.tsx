/** A page that has not come yet; shown late, so that fast answers do not flicker. */
import type { ReactNode } from 'react';

export function Loading(): ReactNode {
  return (
    <p className="loading" role="status">
      Loading …
    </p>
  );
}
