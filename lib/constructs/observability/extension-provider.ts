import type { IConstruct } from 'constructs';

/**
 * Something outside the proxies that they send to, as `meshConfig.extensionProviders` names it.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider
 */
export interface ExtensionProvider {
  readonly name: string;
  readonly opentelemetry?: { readonly service: string; readonly port: number; readonly http?: { readonly path: string; readonly timeout: string } | undefined; readonly resourceDetectors?: { readonly environment: object } | undefined } | undefined;
  readonly envoyFileAccessLog?: { readonly path: string; readonly logFormat: { readonly labels: Readonly<Record<string, string>> } } | undefined;
  readonly envoyOtelAls?: { readonly service: string; readonly port: number; readonly logFormat: { readonly labels: Readonly<Record<string, string>> } } | undefined;
  readonly envoyExtAuthzHttp?: Readonly<Record<string, unknown>> | undefined;
  readonly envoyExtAuthzGrpc?: Readonly<Record<string, unknown>> | undefined;
}

/** The providers that the constructs of an app refer to: the installation writes them into its mesh config. */
export class ExtensionProviders {
  readonly #byName = new Map<string, { readonly provider: ExtensionProvider; readonly declaredBy: string }>();

  /** Those of the app that a construct belongs to. */
  static of(construct: IConstruct): ExtensionProviders {
    const { root } = construct.node;
    const known = apps.get(root) ?? new ExtensionProviders();
    apps.set(root, known);
    return known;
  }

  /** @throws when another construct gives the name to another provider */
  add(declaredBy: string, provider: ExtensionProvider): void {
    const other = this.#byName.get(provider.name);
    if (other && JSON.stringify(other.provider) !== JSON.stringify(provider)) {
      throw new Error(`${declaredBy}: ${other.declaredBy} has an extension provider "${provider.name}" already, and it is another one; give one of them another name`);
    }
    if (!other) this.#byName.set(provider.name, { provider, declaredBy });
  }

  /** The hosts that proxies send to, as a Sidecar lists what its workloads see: a proxy that does not see a collector sends it nothing. */
  get seen(): readonly string[] {
    const hosts = this.all.flatMap(({ opentelemetry, envoyOtelAls }) => [opentelemetry?.service, envoyOtelAls?.service]).filter(host => host !== undefined);
    return [...new Set(hosts)].map(host => `${/^[^.]+\.([^.]+)\.svc\./.exec(host)?.[1] ?? '*'}/${host}`);
  }

  /** The construct that declares the provider of a name. */
  declaredBy(name: string): string | undefined {
    return this.#byName.get(name)?.declaredBy;
  }

  /** As `meshConfig.extensionProviders`. */
  get all(): readonly ExtensionProvider[] {
    return [...this.#byName.values()].map(({ provider }) => provider);
  }
}

const apps = new WeakMap<IConstruct, ExtensionProviders>();
