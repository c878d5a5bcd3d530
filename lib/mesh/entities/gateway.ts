import { boolean, field, list, mapping, number, text, texts, textMap } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import type { Selector } from './selector.ts';

/** A host of a server, and the namespaces whose VirtualServices may bind to it. */
export interface ServerHost {
  /** As written: `namespace/host`, or `host`. */
  readonly written: string;
  /** `*` for any. */
  readonly namespace: string;
  readonly host: string;
}

/** A port that a gateway opens. */
export interface Server {
  readonly port: number;
  readonly portName: string;
  readonly protocol: string;
  readonly bind: string;
  readonly hosts: readonly ServerHost[];
  /** Whether the server has TLS settings. */
  readonly hasTls: boolean;
  readonly tlsMode: string;
  readonly credentialNames: readonly string[];
  readonly serverCertificate: string;
  readonly privateKey: string;
  readonly httpsRedirect: boolean;
  readonly path: string;
}

/** An Istio Gateway. */
export interface Gateway extends Entity {
  /** Which pods run it; empty for all gateways. */
  readonly selector: Selector;
  readonly servers: readonly Server[];
}

export function gatewayOf(entity: Entity): Gateway {
  const spec = specOf(entity.manifest);
  return { ...entity, selector: textMap(spec.selector), servers: list(spec.servers).map((server, i) => serverOf(server, `spec.servers[${i}]`, entity.namespace)) };
}

function serverOf(value: unknown, path: string, namespace: string): Server {
  const port = field(value, 'port');
  const tls = field(value, 'tls');
  const credentialName = text(field(tls, 'credentialName')) ?? '';
  return {
    port: number(field(port, 'number')) ?? 0,
    portName: text(field(port, 'name')) ?? '',
    protocol: (text(field(port, 'protocol')) ?? '').toUpperCase(),
    bind: text(field(value, 'bind')) ?? '',
    hosts: texts(field(value, 'hosts')).map(written => hostOf(written, namespace)),
    hasTls: mapping(tls) !== undefined,
    tlsMode: text(field(tls, 'mode')) ?? 'PASSTHROUGH',
    credentialNames: credentialName === '' ? texts(field(tls, 'credentialNames')) : [credentialName],
    serverCertificate: text(field(tls, 'serverCertificate')) ?? '',
    privateKey: text(field(tls, 'privateKey')) ?? '',
    httpsRedirect: boolean(field(tls, 'httpsRedirect')) ?? false,
    path,
  };
}

function hostOf(written: string, namespace: string): ServerHost {
  const slash = written.indexOf('/');
  if (slash === -1) return { written, namespace: '*', host: written };
  const from = written.slice(0, slash);
  return { written, namespace: from === '.' ? namespace : from, host: written.slice(slash + 1) };
}
