/** The present day as a number that changes at midnight only: a page may stay open for weeks. */
import { useEffect, useState } from 'react';

const LOOK_EVERY_MS = 60_000;

export function useToday(): number {
  const [today, setToday] = useState(midnight);
  useEffect(() => {
    const timer = setInterval(() => setToday(midnight()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return today;
}

function midnight(): number {
  const date = new Date();
  return date.setHours(0, 0, 0, 0);
}
