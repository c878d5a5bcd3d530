import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/**
 * Where spans go: the OTLP/HTTP address of the environment, else that of the contract.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function collectorUrl(contract: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT ? env.OTEL_EXPORTER_OTLP_ENDPOINT : contract;
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`;
}

/** Sends spans to a collector; says once that it cannot, and once that it can again. */
export class Collector implements SpanExporter {
  readonly #exporter: OTLPTraceExporter;
  readonly #url: string;
  readonly #say: (message: string) => void;
  #reachable = true;
  #lost = 0;

  constructor(url: string, say: (message: string) => void) {
    this.#url = url;
    this.#say = say;
    this.#exporter = new OTLPTraceExporter({ url });
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, result => {
      if (result.code === ExportResultCode.SUCCESS) this.#recovered();
      else this.#failed(spans.length, result.error);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #failed(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    if (!this.#reachable) return;
    this.#reachable = false;
    this.#say(`tracing: ${this.#url} takes no spans (${reason(error)}); they are dropped until it does, and requests go on`);
  }

  #recovered(): void {
    if (this.#reachable) return;
    this.#say(`tracing: ${this.#url} takes spans again; at least ${this.#lost} were dropped`);
    this.#reachable = true;
    this.#lost = 0;
  }
}

function reason(error: Error | undefined): string {
  if (!error) return 'no reason given';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : typeof code === 'number' ? `status ${code}` : error.message || error.name;
}
