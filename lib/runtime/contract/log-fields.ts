import type { LogsContract } from './contract.ts';

/** What the lines of services call the ids that tie them to their trace, request and service, where a contract says nothing else; lines of proxies call them so too. */
export const logFields: LogsContract['fields'] = { traceId: 'trace_id', spanId: 'span_id', requestId: 'request_id', service: 'service' };
