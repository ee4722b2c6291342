import type { Alerts } from './alerts.ts';
import { certificateAdvice, inspectCertificate } from './certificate.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface CertificateWatchParts {
  /** As the platforms call it. Looked at only when it is https. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly logger: Logger;
  readonly inspect?: typeof inspectCertificate;
}

/** A proxy that starts beside us may not be there at once. */
const FIRST_LOOK_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const TIMEOUT_MS = 10_000;

/** Looks once a day. @returns what ends it */
export function watchCertificate(parts: CertificateWatchParts): () => void {
  const { publicUrl, clock, alerts, logger, inspect = inspectCertificate } = parts;
  const url = new URL(publicUrl);
  if (url.protocol !== 'https:') return () => {};
  let cancel = () => {};
  const look = async () => {
    const finding = await inspect(url, { now: clock.now(), timeoutMs: TIMEOUT_MS });
    logger.info({ ...finding, host: url.host }, 'looked at the certificate of PUBLIC_URL');
    const text = certificateAdvice(finding, url.host);
    const details = {
      host: url.host,
      finding: finding.kind,
      ...('daysLeft' in finding && { daysLeft: finding.daysLeft }),
    };
    if (text !== undefined) alerts.raise({ code: 'certificate', text, details });
  };
  const next = (waitMs: number) => {
    cancel = clock.schedule(waitMs, () => {
      void look();
      next(DAY_MS);
    });
  };
  next(FIRST_LOOK_MS);
  return () => cancel();
}
