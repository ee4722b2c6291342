import { useCallback, useEffect, useState } from 'react';

const SHOWN_MS = 2_000;

/** True for two seconds after each call of `show`. */
export function useBriefly(): [isShown: boolean, show: () => void] {
  const [times, setTimes] = useState(0);
  const [isShown, setIsShown] = useState(false);
  const show = useCallback(() => {
    setIsShown(true);
    setTimes((count) => count + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each call begins the time anew
  useEffect(() => {
    const timer = window.setTimeout(() => setIsShown(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [times]);
  return [isShown, show];
}
