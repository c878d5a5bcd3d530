// A service that traces, and uses nothing else: a span has ended when it says that it serves.
import { defineService } from '../../lib/runtime/contract/index.ts';
import { Tracing } from '../../lib/runtime/tracing/index.ts';

const tracing = new Tracing(defineService({ name: 'tracer', port: 80, tracing: { samplingPercent: 100 } }), { flushDeadlineMillis: 300 });
tracing.withSpan('last work', () => undefined);
// What keeps a service running.
setInterval(() => undefined, 60_000);
console.log('{"message":"serving"}');
