import { Chart, Testing } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Emitted } from './bookinfo-shop.ts';

/** Everything that the charts below a construct emit, or only one kind of it. */
export function emitted(scope: IConstruct, kind?: string): Emitted[] {
  const charts = scope.node.findAll().filter(construct => Chart.isChart(construct));
  const objects = charts.flatMap(chart => Testing.synth(chart) as Emitted[]);
  return kind === undefined ? objects : objects.filter(object => object.kind === kind);
}
