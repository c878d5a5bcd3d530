import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { logFields } from '../../runtime/contract/index.ts';
import { freeId, metadataKeys } from '../values/name.ts';
import { webAddress } from '../values/web-address.ts';

export interface GrafanaDataSourcesProps {
  /** The URL of Prometheus. */
  readonly prometheus: string;
  /** The URL of Tempo. @default - no traces */
  readonly tempo?: string | undefined;
  /** The URL of Loki. @default - no logs */
  readonly loki?: string | undefined;
  /** The URL of Pyroscope. @default - no profiles */
  readonly pyroscope?: string | undefined;
  /** Labels by which the sidecar of Grafana finds the ConfigMap. @default - grafana_datasource: "1" */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * The data sources of Grafana with the ways between them: from a point on a line to its trace, from a span to its logs and its
 * profile, from a line of a log to its trace.
 *
 * @example
 * new GrafanaDataSources(observability, 'data-sources', { prometheus: 'http://prometheus:9090', tempo: 'http://tempo:3200', loki: 'http://loki:3100' });
 *
 * @see https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export class GrafanaDataSources extends Construct {
  /** @throws when an address is no URL of http or https, or carries a password */
  constructor(scope: Construct, id: string, props: GrafanaDataSourcesProps) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { labels = { grafana_datasource: '1' } } = props;
    metadataKeys(where, 'label', labels);
    const [prometheus, tempo, loki, pyroscope] = (['prometheus', 'tempo', 'loki', 'pyroscope'] as const).map(name => address(where, name, props[name]));
    const of = { prometheus, tempo, loki, pyroscope };
    const datasources = [
      source('prometheus', of.prometheus, {
        httpMethod: 'POST',
        ...(of.tempo === undefined ? {} : { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }] }),
      }, true),
      source('tempo', of.tempo, {
        nodeGraph: { enabled: true },
        serviceMap: { datasourceUid: 'prometheus' },
        ...(of.loki === undefined ? {} : { tracesToLogsV2: { datasourceUid: 'loki', spanStartTimeShift: '-5m', spanEndTimeShift: '5m', filterByTraceID: true, tags: [namespaceTag] } }),
        ...(of.pyroscope === undefined ? {} : { tracesToProfiles: { datasourceUid: 'pyroscope', profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds', tags: [{ key: 'service.name', value: 'service_name' }] } }),
      }),
      source('loki', of.loki, {
        // Grafana reads $ in this file as a variable of its environment; $$ stays a $.
        ...(of.tempo === undefined ? {} : { derivedFields: [{ name: 'trace', matcherType: 'label', matcherRegex: traceLabel, url: '$${__value.raw}', datasourceUid: 'tempo' }, { name: 'trace in the line', matcherRegex: `"${logFields.traceId}":"([0-9a-f]{32})"`, url: '$${__value.raw}', datasourceUid: 'tempo' }] }),
      }),
      source('pyroscope', of.pyroscope, {}),
    ].flat();
    new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: id, labels },
      data: { 'mesh.yaml': Yaml.stringify({ apiVersion: 1, datasources }) },
    });
  }
}

/** Spans of proxies and services name their service differently; both, and all logs, name the namespace, as the collector does where they do not. */
const namespaceTag = { key: 'k8s.namespace.name', value: 'k8s_namespace_name' };

/** What Loki calls the trace of a line that came over OTLP, whatever the line calls it. */
const traceLabel = 'trace_id';

const types = { prometheus: 'prometheus', tempo: 'tempo', loki: 'loki', pyroscope: 'grafana-pyroscope-datasource' } as const;

function source(name: keyof typeof types, url: string | undefined, jsonData: object, isDefault = false): readonly object[] {
  if (url === undefined) return [];
  return [{ name: `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, uid: name, type: types[name], access: 'proxy', url, isDefault, editable: false, jsonData }];
}

function address(where: string, what: string, url: string | undefined): string | undefined {
  return url === undefined ? undefined : webAddress(where, what, url, { password: 'which would stand in a ConfigMap; let Grafana read it from its own Secret' });
}
