import { ApiObject, App, type AppProps, Chart, Yaml } from 'cdk8s';
import { join, relative } from 'node:path';
import { namesOf, rules, type Severity } from '../check/index.ts';
import { letPatchesEscape } from '../constructs/platform/patches.ts';
import { placeIn, placeOf, type Stage } from '../constructs/platform/placement.ts';
import { warnings } from '../constructs/values/warning.ts';
import { keepOrigins, writeFolder, type DocumentOrigin } from '../files/index.ts';
import { checked, sentence } from './checked.ts';
import { originsOf } from './origins-of.ts';
import { existingServices } from './existing.ts';
import { unwatch, watch } from './made-at.ts';
import { noKeys } from './no-keys.ts';
import { appliedInOrder, type KubeObject, onlyOnce, type Rendered } from './order.ts';

/** The label by which everything of one app is found again, to prune what it no longer has. */
export const pruningLabel = 'meshwright/app';

/** Where and under which name an app writes its YAML. */
export interface MeshAppProps extends Pick<AppProps, 'outdir' | 'resolvers'> {
  /**
   * The value of the label `meshwright/app` that every object gets; one cluster may hold several apps.
   *
   * @default mesh
   */
  readonly name?: string;
  /**
   * The severity from which on a finding of the check stops the write; less is said on standard error. `never` says all
   * and stops nothing, `unchecked` does not look.
   *
   * @default error
   */
  readonly failOn?: Severity | 'never' | 'unchecked' | undefined;
  /** Codes or names of rules that the check leaves out. @default - none */
  readonly skip?: readonly string[] | undefined;
  /**
   * YAML that others apply to the same cluster, so that the check knows their hosts and workloads: files, folders, globs.
   *
   * @default - none; services of {@link MeshService.existing} are known anyway
   */
  readonly beside?: readonly string[] | undefined;
}

export type { Stage };

/**
 * A cdk8s App that writes all of its YAML or none of it: one file a chart, `<stage>/<chart>.k8s.yaml`, with the bytes
 * that cdk8s would write. Names depend on the chart alone, so that a new chart or dependency renames no other file.
 * Namespaces come first in their file, and every object carries the label `meshwright/app`.
 *
 * @example
 * const app = new MeshApp({ name: 'shop' });
 * const mesh = new ServiceMesh(app, 'mesh', { mtls: 'STRICT' });
 * app.synth();
 */
export class MeshApp extends App {
  readonly name: string;
  #synthesized = false;
  readonly #failOn: NonNullable<MeshAppProps['failOn']>;
  readonly #skip: readonly string[];
  readonly #beside: readonly string[];

  /** @throws when the name is no label value, or `skip` names no rule */
  constructor(props: MeshAppProps = {}) {
    const { name = 'mesh', failOn = 'error', skip = [], beside = [], ...rest } = props;
    // Metadata of constructs beside the YAML would be applied with it, and refused.
    super({ ...rest, recordConstructMetadata: false });
    if (!/^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name)) {
      throw new Error(`MeshApp: name is the value of the label ${pruningLabel}, so at most 63 letters, digits, "-", "_" and ".", got ${JSON.stringify(name)}`);
    }
    for (const wanted of skip) {
      if (!rules.some(rule => namesOf(rule).includes(wanted))) throw new Error(`MeshApp: skip names no rule: ${JSON.stringify(wanted)}; see meshwright rules`);
    }
    this.name = name;
    open++;
    this.#failOn = failOn;
    this.#skip = skip;
    this.#beside = beside;
    watch(this);
  }

  /** Puts a chart, and the charts below it, into a stage. @default mesh */
  static assign(chart: Chart, stage: Stage): void {
    placeIn(chart, stage);
  }

  /**
   * Renders everything, checks it, then replaces the output folder's YAML.
   *
   * @throws when a construct is invalid, two charts share a file, an object stands twice, an object would be applied
   * before its Namespace, a key stands in one, or the check finds what must stop it; the output folder is then as it was
   */
  override synth(): void {
    unwatch(this);
    try {
      const rendered = this.#render();
      const written = new Map([...rendered].map(([path, file]) => [path, { ...file, text: Yaml.stringify(...file.objects) }]));
      for (const files of byCluster(written).values()) this.#check(files);
      if (this.#failOn !== 'unchecked') this.#warn();
      writeFolder(this.outdir, new Map([...written].map(([path, { text }]) => [path, text])));
      keepOrigins(this.outdir, written);
      if (!this.#synthesized) open--;
      this.#synthesized = true;
    } finally {
      watch(this);
    }
  }

  /** Every file of the output, by its path in the output folder. */
  render(): ReadonlyMap<string, string> {
    return new Map([...this.#render()].map(([path, { objects }]) => [path, Yaml.stringify(...objects)]));
  }

  #render(): ReadonlyMap<string, Rendered & { readonly origins: readonly (DocumentOrigin | undefined)[] }> {
    this.#prepare();
    const rendered = new Map<string, Rendered & { origins: readonly (DocumentOrigin | undefined)[] }>();
    for (const chart of this.node.findAll().filter(construct => Chart.isChart(construct))) {
      const objects = namespacesFirst(chart.toJson() as KubeObject[]);
      if (objects.length === 0) continue;
      for (const object of objects) this.#findAgain(chart, object);
      const path = join(folderOf(chart), `${fileName(chart)}${this.outputFileExtension}`);
      const other = rendered.get(path);
      if (other) throw new Error(`${chart.node.path}: its file ${path} is that of ${other.chart} already; give one of the charts another id`);
      rendered.set(path, { chart: chart.node.path, cluster: placeOf(chart).cluster, objects, origins: originsOf(chart, objects) });
    }
    noKeys(rendered);
    for (const files of byCluster(rendered).values()) {
      onlyOnce(files, this);
      appliedInOrder(files);
    }
    return rendered;
  }

  /** What constructs warn of is legal, and likely wrong. */
  #warn(): void {
    process.stderr.write(warnings(this).map(text => `warning: ${text}\n`).join(''));
  }

  #check(written: ReadonlyMap<string, { readonly text: string; readonly objects: readonly object[]; readonly origins: readonly (DocumentOrigin | undefined)[] }>): void {
    if (this.#failOn === 'unchecked') return;
    const files = [...written].map(([path, file]) => ({ ...file, file: shownPath(join(this.outdir, path)) }));
    const { stops, remarks } = checked(files, { failOn: this.#failOn, skip: this.#skip, beside: this.#beside, known: existingServices(this) });
    if (remarks.length > 0) process.stderr.write(`${remarks.map(finding => `${finding.severity}: ${sentence(finding)}\n`).join('')}`);
    if (stops.length > 0) throw new Error(`${stops.map(sentence).join('\n')}\nnothing was written: ${stops.length} ${stops.length === 1 ? 'finding stops' : 'findings stop'} the synth`);
  }

  #prepare(): void {
    for (const object of this.node.findAll().filter(construct => ApiObject.isApiObject(construct))) {
      if (object.metadata.getLabel(pruningLabel) === undefined) object.metadata.addLabel(pruningLabel, this.name);
      letPatchesEscape(object);
    }
  }

  /** Refuses an object that pruning would miss: a patch of all labels takes the one away by which it is found. */
  #findAgain(chart: Chart, { kind, metadata }: KubeObject): void {
    if (metadata?.labels?.[pruningLabel] !== undefined) return;
    throw new Error(`${chart.node.path}: ${kind} "${metadata?.name}" has lost the label ${pruningLabel} to a patch, and could not be pruned; patch single labels instead of all`);
  }
}

let open = 0;

/** How many apps were made in this process and have written nothing. */
export function appsNotSynthesized(): number {
  return open;
}

/** From the current folder, where it is in it. */
function shownPath(path: string): string {
  const from = relative('', path);
  return from.startsWith('..') ? path : from;
}

/** The folder that a chart's file is in: under that of its cluster, when there are several. */
function folderOf(chart: Chart): string {
  const { cluster = '', folder } = placeOf(chart);
  return join(cluster, folder);
}

/** The files of each cluster, which is a world of its own; what is beside the clusters has no name. */
function byCluster<File extends Rendered>(files: ReadonlyMap<string, File>): ReadonlyMap<string | undefined, ReadonlyMap<string, File>> {
  const clusters = new Map<string | undefined, Map<string, File>>();
  for (const [path, file] of files) {
    const own = clusters.get(file.cluster) ?? new Map<string, File>();
    clusters.set(file.cluster, own.set(path, file));
  }
  return clusters;
}

/** A chart's id where it can be a file name, else what cdk8s makes of its path. */
function fileName(chart: Chart): string {
  const { id, path } = chart.node;
  return /^[A-Za-z0-9][-A-Za-z0-9_.]*$/.test(id) ? id : path.replace(/[^-A-Za-z0-9_.]+/g, '-');
}

/** kubectl applies a file from its first object to its last. */
function namespacesFirst(objects: readonly KubeObject[]): KubeObject[] {
  const isNamespace = ({ kind }: KubeObject): boolean => kind === 'Namespace';
  return [...objects.filter(isNamespace), ...objects.filter(object => !isNamespace(object))];
}
