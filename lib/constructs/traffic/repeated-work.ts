import type { IConstruct } from 'constructs';
import { warn } from '../values/warning.ts';
import { repeatsWork, type Retries } from './retries.ts';

/** Warns of retries that may do the work of a request twice; `otherwise` is what else than other conditions would help. */
export function warnOfRepeatedWork(construct: IConstruct, retries: Retries | undefined, methods: readonly string[], otherwise = ''): void {
  const conditions = retries && retries.attempts > 0 ? repeatsWork(retries.on) : [];
  const unsafe = [...new Set(methods)].filter(method => !isIdempotent(method));
  if (conditions.length === 0 || unsafe.length === 0) return;
  warn(construct, `retries on ${conditions.join(', ')} may do the work of ${unsafe.join(', ')} twice; retry those only on connect-failure and refused-stream${otherwise}`);
}

/** Whether a request may be sent twice and do no more than once (RFC 9110, section 9.2.2). */
function isIdempotent(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'].includes(method);
}
