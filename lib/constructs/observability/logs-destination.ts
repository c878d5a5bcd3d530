import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { MutualTls } from '../security/mutual-tls.ts';
import { secretName } from '../values/secret-name.ts';
import { warn } from '../values/warning.ts';
import { webAddress } from '../values/web-address.ts';
import { OpenTelemetryCollector } from './open-telemetry-collector.ts';
import { takesWhatIsSent, type OtlpReceiver } from './otlp-receiver.ts';
import type { SecretKey } from './receiver.ts';

/** Where a collector outside the mesh sends lines, over OTLP/HTTP. */
export class LogsDestination {
  /** The URL that `/v1/logs` is added to. */
  readonly endpoint: string;
  /** As the file of the collector says them: what is secret stands in its environment. */
  readonly headers: Readonly<Record<string, string>>;
  readonly env: readonly k8s.EnvVar[];
  /** The collector of this app that it is, if it is one. */
  readonly collector: OpenTelemetryCollector | undefined;

  /** @throws when it takes no logs, is no URL, carries a password, or a header is none or a secret in plain sight */
  constructor(scope: Construct, to: OtlpReceiver | string, headers: Readonly<Record<string, string | SecretKey>>) {
    const where = scope.node.path;
    this.collector = to instanceof OpenTelemetryCollector ? to : undefined;
    if (typeof to === 'string') this.endpoint = webAddress(where, 'to', to, { as: 'the http or https URL of an OTLP receiver, such as http://loki.observability:3100/otlp, or a collector', password: 'which would stand in a ConfigMap; give it as a header, by the key of a Secret' }).replace(/\/+$/, '');
    else {
      takesWhatIsSent(where, 'to', to, 'logs');
      this.endpoint = `http://${to.host}:${to.httpPort}`;
    }
    const named = Object.entries(headers).map(([name, value], i) => ({ name: headerName(where, name), value, variable: `HEADER_${i}` }));
    for (const { name, value } of named) if (typeof value === 'string') inPlainSight(where, name, value);
    this.headers = Object.fromEntries(named.map(({ name, value, variable }) => [name, typeof value === 'string' ? value.replaceAll('$', '$$$$') : `\${env:${variable}}`]));
    this.env = named.flatMap(({ value, variable }) => (typeof value === 'string' ? [] : [{ name: variable, valueFrom: { secretKeyRef: { name: secretName(where, value.secret), key: value.key } } }]));
    if (this.env.length > 0 && this.endpoint.startsWith('http:')) warn(scope, `sends a secret in a header to ${this.endpoint} in plain text; give an https URL`);
  }

  /** What would keep every line from arriving. A collector of a node has no identity in the mesh, and no proxy that speaks mutual TLS for it. */
  problems(): readonly string[] {
    const { collector } = this;
    if (!collector || collector.namespace.dataPlane === 'none') return [];
    const { namespace } = collector;
    const mode = (MutualTls.of(namespace) ?? MutualTls.of(namespace.mesh))?.mode;
    const demands = mode === 'STRICT' ? 'takes mutual TLS alone' : namespace.isClosed ? 'lets in nobody without a grant' : undefined;
    return demands === undefined ? [] : [`reads the files of nodes from outside the mesh, and ${collector.node.path} is in namespace ${namespace.name}, which ${demands}; put the collector into a namespace with dataPlane "none"`];
  }
}

function headerName(where: string, name: string): string {
  if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) return name;
  throw new Error(`${where}: ${JSON.stringify(name)} is no name of a header; use letters, digits and "-"`);
}

/** Refuses what is secret by its name or looks like a credential; it is not shown. */
function inPlainSight(where: string, name: string, value: string): void {
  if (/authorization|cookie|token|secret|password|api[-_]?key/i.test(name) || /^(bearer|basic)\s/i.test(value)) {
    throw new Error(`${where}: header ${name} is a secret, which would stand in a ConfigMap; give { secret, key }, the key of a Secret`);
  }
  if (/[\r\n]/.test(value)) throw new Error(`${where}: header ${name} must be one line of text`);
}
