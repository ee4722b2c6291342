import { useEffect, useState } from 'react';
import type { EpochMs } from '../../src/message.ts';

/** Whole seconds left, counting down; 0 from then on. */
export function useSecondsUntil(at: EpochMs): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
