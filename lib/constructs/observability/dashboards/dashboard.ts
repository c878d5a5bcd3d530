/** A board of Grafana: rows of panels, each with its queries. */
export interface Dashboard {
  /** By which links find it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** What a reader chooses at the top of a board; its values are those of a label. */
export interface Variable {
  readonly name: string;
  readonly metric: string;
  readonly label: string;
  /** Tests of other labels, as in a selector, which may name earlier variables. @default - none */
  readonly where?: string | undefined;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A picture of one question. */
export interface Panel {
  readonly title: string;
  /** What to read from it. */
  readonly description: string;
  /** @default timeseries */
  readonly kind?: 'timeseries' | 'stat' | undefined;
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** Whether points of single traces are drawn over the lines. @default false */
  readonly exemplars?: boolean | undefined;
}

export interface PanelQuery {
  readonly query: string;
  /** What a line is called, with `{{label}}` for its labels. */
  readonly legend: string;
}

/** As Grafana calls them. */
export type Unit = 'reqps' | 'percentunit' | 'ms' | 's' | 'bytes' | 'Bps' | 'short' | 'cps' | 'none' | 'dtdurations';

const width = { timeseries: 12, stat: 6 } as const;
const height = { timeseries: 8, stat: 4 } as const;
const columns = 24;

/**
 * The JSON of a board, as the sidecar of Grafana loads it from a ConfigMap.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboardJson(dashboard: Dashboard): string {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const panels: object[] = [];
  let [x, y, line] = [0, 0, 0];
  const place = (w: number, h: number): object => {
    if (x + w > columns) [x, y, line] = [0, y + line, 0];
    const at = { x, y, w, h };
    [x, line] = [x + w, Math.max(line, h)];
    return at;
  };
  for (const { title, panels: inRow } of dashboard.rows) {
    [x, y, line] = [0, y + line, 0];
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: columns, h: 1 }, panels: [] });
    y += 1;
    for (const panel of inRow) {
      const kind = panel.kind ?? 'timeseries';
      panels.push({
        id: panels.length + 1,
        type: kind,
        title: panel.title,
        description: panel.description,
        datasource,
        gridPos: place(width[kind], height[kind]),
        fieldConfig: { defaults: { unit: panel.unit, ...(kind === 'timeseries' ? { min: 0, custom: { fillOpacity: 10, showPoints: 'never' } } : {}) }, overrides: [] },
        options: kind === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] } } : { tooltip: { mode: 'multi', sort: 'desc' }, legend: { displayMode: 'list', placement: 'bottom' } },
        targets: panel.queries.map(({ query, legend }, i) => ({ refId: String.fromCharCode(65 + i), datasource, expr: query, legendFormat: legend, ...(kind === 'stat' ? { instant: true } : {}), ...(panel.exemplars ? { exemplar: true } : {}) })),
      });
    }
  }
  return JSON.stringify({
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['istio', 'meshwright'],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    links: [{ type: 'dashboards', title: 'Mesh', tags: ['meshwright'], asDropdown: true, includeVars: true, keepTime: true }],
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
        ...dashboard.variables.map(variable => ({
          name: variable.name,
          label: variable.name[0]?.toUpperCase() + variable.name.slice(1),
          type: 'query',
          datasource,
          query: { query: variableQuery(variable), refId: variable.name },
          refresh: 2,
          sort: 1,
          includeAll: true,
          allValue: '.*',
          multi: true,
          current: { text: 'All', value: '$__all' },
        })),
      ],
    },
    panels,
  }, null, 2);
}

function variableQuery({ metric, label, where }: Variable): string {
  return `label_values(${metric}${where === undefined ? '' : `{${where}}`}, ${label})`;
}

/** Every query of a board as Prometheus takes it, with what Grafana fills in filled in. */
export function queriesOf(dashboard: Dashboard): readonly { readonly panel: string; readonly query: string }[] {
  return [
    ...dashboard.variables.map(({ name, metric, label, where }) => ({ panel: `variable ${name}`, query: `count by (${label}) (${metric}${where === undefined ? '' : `{${where}}`})` })),
    ...dashboard.rows.flatMap(({ panels }) => panels.flatMap(({ title, queries }) => queries.map(({ query }) => ({ panel: title, query: query.replaceAll('$__rate_interval', '5m') })))),
  ];
}
