import { field, fields, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { shown, warn, type Say } from './said.ts';

/** Load balancing by place: distribute, failover and failoverPriority. */
export function localityLoadBalancer(say: Say, balancer: unknown, path: string, hasOutlierDetection: boolean): void {
  const locality = field(balancer, 'localityLbSetting');
  const zones = field(balancer, 'zoneAwareLbSetting');
  if (mapping(locality) && mapping(zones)) say({ path, message: 'only one of localityLbSetting and zoneAwareLbSetting can be set' });
  for (const [name, value] of [['localityLbSetting', locality], ['zoneAwareLbSetting', zones]] as const) {
    if (mapping(value)) setting(say, value, `${path}.${name}`, name === 'localityLbSetting', hasOutlierDetection);
  }
}

const places = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];

function setting(say: Say, value: unknown, path: string, isLocality: boolean, hasOutlierDetection: boolean): void {
  const distribute = list(field(value, 'distribute'));
  const failover = list(field(value, 'failover'));
  const priority = texts(field(value, 'failoverPriority'));
  if (distribute.length > 0 && failover.length > 0) say({ path, message: 'only one of distribute and failover can be set' });
  const byPlace = priority.some(label => places.includes(label));
  if (byPlace && (!isLocality || failover.length > 0)) say({ path: `${path}.failoverPriority`, message: 'region, zone and subzone cannot be labels of failoverPriority here' });
  const sources: string[] = [];
  for (const [i, item] of distribute.entries()) {
    const at = `${path}.distribute[${i}]`;
    sources.push(text(field(item, 'from')) ?? '');
    const to = fields(field(item, 'to'));
    let total = 0;
    for (const [place, weight] of Object.entries(to)) {
      const share = number(weight) ?? 0;
      total += share;
      if (share <= 0 || share > 100) say({ path: `${at}.to[${JSON.stringify(place)}]`, message: `a weight must be between 1 and 100, got ${shown(weight)}` });
    }
    if (total !== 100) say({ path: `${at}.to`, message: `the weights must add up to 100, got ${total}` });
    overlapping(say, Object.keys(to), `${at}.to`);
  }
  overlapping(say, sources, `${path}.distribute`);
  if (failover.length + priority.length > 0 && !hasOutlierDetection) say(warn(path, 'failover needs outlierDetection: without it no endpoint is ever found unhealthy'));
  for (const [i, item] of failover.entries()) {
    const [from, to] = ['from', 'to'].map(name => text(field(item, name)) ?? '') as [string, string];
    const at = `${path}.failover[${i}]`;
    if (from === to) say({ path: at, message: `a region cannot fail over to itself, got ${shown(from)}` });
    for (const [name, region] of [['from', from], ['to', to]] as const) {
      if (region.includes('/') || region.includes('*')) say({ path: `${at}.${name}`, message: `must be a region, without zone and wildcard, got ${shown(region)}` });
    }
  }
}

/** Places must not overlap. Istio looks at them in their order, so that `us/*` may follow `us/east`, and not come before it. */
function overlapping(say: Say, names: readonly string[], path: string): void {
  const known = new Set<string>();
  for (const name of names) {
    const star = name.indexOf('*');
    if (star !== -1 && star !== name.length - 1) say({ path, message: `a wildcard may stand once, at the end, got ${shown(name)}` });
    const [region = '', zone, ...subzones] = name.split('/');
    const subzone = subzones.length > 0 ? subzones.join('/') : undefined;
    if ([region, zone, subzone].includes('')) say({ path, message: `a place has no empty parts, got ${shown(name)}` });
    const above = [region, ...(zone === undefined ? [] : [`${region}/${zone}`])];
    // A wildcard for all zones is a region; one among other zones is a name.
    const taken = known.has('*') || [...above, name].some(place => known.has(place)) || known.has(`${region}/*`) || known.has(`${region}/${zone ?? ''}/*`) || [...known].some(place => place.startsWith(`${name}/`));
    if (taken) say({ path, message: `${shown(name)} and what stands before it overlap` });
    known.add(name);
  }
}
