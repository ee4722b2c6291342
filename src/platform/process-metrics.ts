import { collectDefaultMetrics, type Registry } from 'prom-client';

/** To count them, Node lists every open connection: a scrape would hold up the event loop for longer the more customers wait. The count
 *  of open files says the same. */
const LISTED_TO_BE_COUNTED = ['nodejs_active_resources', 'nodejs_active_handles', 'nodejs_active_requests'];

/** Processor, memory, garbage, open files and event loop of this process. */
export function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({ register });
  for (const name of LISTED_TO_BE_COUNTED) {
    register.removeSingleMetric(name);
    register.removeSingleMetric(`${name}_total`);
  }
}
