import { Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { BackEnd, IstioInstallation, type IstioInstallationProps, MeshApp, ServiceMesh, type ServiceMeshProps } from '../../../lib/index.ts';
import type { Emitted } from '../bookinfo-shop.ts';

/** What installs, by the name of its golden files. */
export const backEnds = { 'argo-cd': BackEnd.argoCd(), flux: BackEnd.flux(), sail: BackEnd.sail(), istioctl: BackEnd.istioctl() } as const;

export function emptyApp(): MeshApp {
  return new MeshApp({ name: 'test', outdir: Testing.app().outdir });
}

/** An installation alone in an app. */
export function installed(props: Partial<IstioInstallationProps> = {}): { app: MeshApp; installation: IstioInstallation } {
  const app = emptyApp();
  return { app, installation: new IstioInstallation(app, 'istio', { version: '1.30.3', ...props }) };
}

/** An installation and the mesh that it serves. */
export function served(meshProps: ServiceMeshProps, props: Partial<IstioInstallationProps> = {}): { app: MeshApp; mesh: ServiceMesh; installation: IstioInstallation } {
  const app = emptyApp();
  const mesh = new ServiceMesh(app, 'mesh', meshProps);
  return { app, mesh, installation: new IstioInstallation(app, 'istio', { version: '1.30.3', mesh, ...props }) };
}

/** Every file of an app, each under its path. */
export function filesOf(app: MeshApp, ...folders: readonly string[]): string {
  return [...app.render()].filter(([path]) => folders.length === 0 || folders.some(folder => path.includes(folder)))
    .map(([path, text]) => `# ${path}\n${text}`).join('---\n');
}

/** Every object of an app, or those of a kind. */
export function objectsOf(app: MeshApp, kind?: string): Emitted[] {
  const objects = [...app.render().values()].flatMap(text => loadAll(text) as Emitted[]);
  return kind === undefined ? objects : objects.filter(object => object.kind === kind);
}

/** What stands at a path of names in an object. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** The values that a chart of an app gets. */
export function valuesOf(app: MeshApp, chart: string): Readonly<Record<string, unknown>> {
  const found = objectsOf(app).find(object => at(object, 'spec', 'source', 'chart') === chart || at(object, 'spec', 'chart', 'spec', 'chart') === chart);
  return (at(found, 'spec', 'source', 'helm', 'valuesObject') ?? at(found, 'spec', 'values') ?? {}) as Record<string, unknown>;
}
