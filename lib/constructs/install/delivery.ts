import { ApiObject, Chart, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { placeIn, placeOf, placeOn, type Stage } from '../platform/placement.ts';
import { dnsLabel } from '../values/name.ts';
import { IstioInstallation } from './istio-installation.ts';
import type { Fleet } from './multi-cluster.ts';

/** What brings the output of each cluster to it. */
export type Deliverer =
  | ({ readonly kind: 'argo-cd' } & ArgoCdDelivery)
  | ({ readonly kind: 'flux' } & FluxDelivery);

/** An ApplicationSet of Argo CD. */
export interface ArgoCdDelivery {
  /** The Git repository that holds the output. */
  readonly repository: string;
  /** Its branch or tag. @default HEAD */
  readonly revision?: string | undefined;
  /** @default argocd */
  readonly namespace?: string | undefined;
  /** @default default */
  readonly project?: string | undefined;
}

/** Kustomizations of Flux, for each cluster and stage. */
export interface FluxDelivery {
  /** The GitRepository that holds the output. */
  readonly source: string;
  /** @default flux-system */
  readonly namespace?: string | undefined;
  /** The Secrets with the kubeconfigs of the clusters, where one Flux serves all. @default - each cluster runs its own Flux */
  readonly kubeConfigs?: Readonly<Record<string, string>> | undefined;
}

/** What brings the output to the clusters. */
export const Deliver = {
  /** One ApplicationSet, with an Application for each cluster and stage. */
  argoCd: (props: ArgoCdDelivery): Deliverer => ({ kind: 'argo-cd', ...props }),
  /** A Kustomization for each cluster and stage, each waiting for the stage before. */
  flux: (props: FluxDelivery): Deliverer => ({ kind: 'flux', ...props }),
};

/** Which clusters, and by what. */
export interface DeliveryProps {
  readonly fleet: Fleet;
  readonly by: Deliverer;
  /** Where the output is in the repository. @default dist */
  readonly path?: string | undefined;
}

/**
 * Brings what is rendered for each cluster to that cluster: `dist/<cluster>/install`, then `platform`, then `mesh`. Its own
 * YAML is in `dist/delivery`, for where Argo CD or Flux runs; with a Flux in each cluster, in `dist/<cluster>/delivery`.
 *
 * @example
 * new Delivery(app, 'delivery', { fleet, by: Deliver.argoCd({ repository: 'https://git.example.com/mesh' }) });
 */
export class Delivery extends Construct {
  readonly #props: DeliveryProps;
  readonly #path: string;

  /** @throws when a path leaves the repository, or a cluster lacks its kubeconfig */
  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    const { fleet, by, path = 'dist' } = props;
    this.#props = props;
    this.#path = path.replace(/^\.?\/+|\/+$/g, '');
    if (this.#path.split('/').includes('..')) throw new Error(`${this.node.path}: path must be inside the repository, got ${JSON.stringify(path)}`);
    if (by.kind === 'argo-cd') this.#applicationSet(by);
    else for (const cluster of fleet.clusters) this.#kustomizations(by, cluster.name);
  }

  /**
   * One Application a stage and cluster; a stage is rolled out when the one before is healthy, where Argo CD's progressive
   * syncs are enabled.
   *
   * Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/
   */
  #applicationSet({ repository, revision = 'HEAD', namespace = 'argocd', project = 'default' }: ArgoCdDelivery): void {
    const chart = this.#chart(undefined);
    new ApiObject(chart, 'application-set', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: dnsLabel(this.node.path, 'the name of the ApplicationSet', this.#props.fleet.meshId), namespace },
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators: [{ list: { elements: Lazy.any({ produce: () => this.#elements() }) as unknown } }],
        strategy: {
          type: 'RollingSync',
          rollingSync: { steps: stages.map(stage => ({ matchExpressions: [{ key: 'meshwright/stage', operator: 'In', values: [stage] }] })) },
        },
        template: {
          metadata: { name: '{{.cluster}}-{{.stage}}', labels: { 'meshwright/stage': '{{.stage}}' } },
          spec: {
            project,
            source: { repoURL: repository, targetRevision: revision, path: '{{.path}}' },
            destination: { name: '{{.destination}}' },
            syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['ServerSideApply=true'], retry: { limit: 5 } },
          },
        },
      },
    });
  }

  /** Applications of charts are for Argo CD itself, which is where the generator runs; everything else is for the cluster. */
  #elements(): object[] {
    return this.#props.fleet.clusters.flatMap(({ name }) => this.#stagesOf(name).map(stage => ({
      cluster: name, stage, path: `${this.#path}/${name}/${stage}`, destination: stage === 'install' && this.#installsByArgoCd(name) ? 'in-cluster' : name,
    })));
  }

  #kustomizations({ source, namespace = 'flux-system', kubeConfigs }: FluxDelivery, cluster: string): void {
    const secret = kubeConfigs?.[cluster];
    if (kubeConfigs && secret === undefined) throw new Error(`${this.node.path}: no kubeconfig for cluster "${cluster}"; name its Secret in kubeConfigs, or leave kubeConfigs out where each cluster runs Flux`);
    const chart = this.#chart(kubeConfigs ? undefined : cluster);
    const make = (stage: Stage, after: Stage | undefined): void => {
      new ApiObject(chart, `${cluster}-${stage}`, {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: `${cluster}-${stage}`, namespace },
        spec: {
          interval: '10m', retryInterval: '1m', timeout: '10m', prune: true, wait: true,
          path: `./${this.#path}/${cluster}/${stage}`,
          sourceRef: { kind: 'GitRepository', name: source },
          ...(after === undefined ? {} : { dependsOn: [{ name: `${cluster}-${after}` }] }),
          ...(secret === undefined ? {} : { kubeConfig: { secretRef: { name: secret } } }),
        },
      });
    };
    // Stages that stay empty have no folder, which is known only when everything is declared.
    const made = this.#stagesOf(cluster);
    made.forEach((stage, i) => { make(stage, made[i - 1]); });
    this.node.addValidation({ validate: () => {
      const late = this.#stagesOf(cluster).filter(stage => !made.includes(stage));
      return late.length === 0 ? [] : [`the ${late.join(' and ')} of cluster "${cluster}" was declared after ${this.node.path}, which would not deliver it; create the Delivery last`];
    } });
  }

  #chart(cluster: string | undefined): Chart {
    const id = cluster === undefined ? this.node.id : `${this.node.id}-${cluster}`;
    const known = this.node.tryFindChild(id);
    if (known && Chart.isChart(known)) return known;
    const chart = new Chart(this, id, { disableResourceNameHashes: true });
    placeIn(chart, 'delivery');
    if (cluster !== undefined) placeOn(chart, cluster);
    return chart;
  }

  #stagesOf(cluster: string): Stage[] {
    const places = this.node.root.node.findAll().filter(construct => ApiObject.isApiObject(construct)).map(object => placeOf(object));
    return stages.filter(stage => places.some(place => place.cluster === cluster && place.folder === stage));
  }

  #installsByArgoCd(cluster: string): boolean {
    return this.node.root.node.findAll().some(construct => construct instanceof IstioInstallation && construct.plan.cluster?.name === cluster && construct.backEnd.kind === 'argo-cd');
  }
}

const stages: readonly Stage[] = ['install', 'platform', 'mesh'];
