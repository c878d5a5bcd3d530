/**
 * What the metrics of a service begin with: its name with `_` for `-`, so that no two services share a prefix (a
 * Service's name has no `_`).
 */
export function metricPrefix(service: string): string {
  return service.replaceAll('-', '_');
}
