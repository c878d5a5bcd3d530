import { ApiObject, type Chart } from 'cdk8s';
import type { DocumentOrigin } from '../files/index.ts';
import { madeAt } from './made-at.ts';

/** What made each of a chart's rendered objects; undefined for one whose name a patch has changed. */
export function originsOf(chart: Chart, objects: readonly object[]): (DocumentOrigin | undefined)[] {
  const makers = new Map<string, ApiObject>();
  for (const construct of chart.node.findAll()) {
    if (!ApiObject.isApiObject(construct)) continue;
    const { apiVersion, kind, name, metadata } = construct;
    makers.set(JSON.stringify([apiVersion, kind, name]), construct);
    makers.set(JSON.stringify([apiVersion, kind, name, metadata.namespace]), construct);
  }
  return (objects as readonly KubeObject[]).map(({ apiVersion, kind, metadata = {} }) => {
    // The namespace of a cluster's own object is patched away.
    const maker = makers.get(JSON.stringify([apiVersion, kind, metadata.name, metadata.namespace])) ?? makers.get(JSON.stringify([apiVersion, kind, metadata.name]));
    return maker && { construct: maker.node.path, madeAt: madeAt(maker) };
  });
}

interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}
