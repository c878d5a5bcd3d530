import type { ConsistentHashLB, LoadBalancerSettings } from '../l1.ts';
import type { LoadBalancing, HashTable } from '../values/load-balancing.ts';
import type { Locality } from '../values/locality.ts';
import { goDuration } from '../values/time.ts';
import type { PolicySettings } from './destination-policy.ts';

/** Prints how endpoints are chosen as a DestinationRule takes it; undefined where nothing is said of it. */
export function loadBalancer(where: string, { loadBalancing, locality, warmup }: PolicySettings): LoadBalancerSettings | undefined {
  if (!loadBalancing && !locality && !warmup) return undefined;
  const printed = {
    ...(loadBalancing ? algorithm(where, loadBalancing) : {}),
    ...(locality ? localitySetting(where, locality) : {}),
    ...(warmup ? {
      warmup: {
        duration: goDuration(where, 'warmup.duration', warmup.duration),
        ...(warmup.minimumPercent === undefined ? {} : { minimumPercent: warmup.minimumPercent }),
        ...(warmup.aggression === undefined ? {} : { aggression: warmup.aggression }),
      },
    } : {}),
  };
  return printed as LoadBalancerSettings;
}

function algorithm(where: string, balancing: LoadBalancing): Pick<LoadBalancerSettings, 'simple' | 'consistentHash'> {
  switch (balancing.by) {
    case 'header': return hashed({ httpHeaderName: balancing.name, ...table(where, balancing.table) });
    case 'query': return hashed({ httpQueryParameterName: balancing.name, ...table(where, balancing.table) });
    case 'sourceIp': return hashed({ useSourceIp: true, ...table(where, balancing.table) });
    case 'cookie': {
      const { ttl, path, attributes } = balancing.cookie;
      return hashed({
        httpCookie: {
          name: balancing.name,
          ...(ttl ? { ttl: ttl.toMilliseconds({ integral: false }) === 0 ? '0s' : goDuration(where, 'ttl', ttl) } : {}),
          ...(path === undefined ? {} : { path }),
          ...(attributes ? { attributes: Object.entries(attributes).map(([name, value]) => (value === '' ? { name } : { name, value })) } : {}),
        },
        ...table(where, balancing.cookie),
      });
    }
    default: return { simple: balancing.by };
  }
}

function hashed(hash: object): { consistentHash: ConsistentHashLB } {
  return { consistentHash: hash };
}

function table(where: string, { ring, maglev }: HashTable): object {
  if (ring !== undefined && maglev !== undefined) throw new Error(`${where}: a consistent hash is a ring or Maglev, got both; leave one out`);
  if (maglev !== undefined && (maglev >= 5_000_011 || !isPrime(maglev))) throw new Error(`${where}: maglev must be a prime below 5000011, as 65537, got ${maglev}`);
  if (maglev !== undefined) return { maglev: { tableSize: maglev } };
  return ring === undefined ? {} : { ringHash: { minimumRingSize: ring } };
}

function isPrime(value: number): boolean {
  if (!Number.isInteger(value) || value < 2) return false;
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return true;
}

function localitySetting(where: string, locality: Locality): Pick<LoadBalancerSettings, 'localityLbSetting' | 'zoneAwareLbSetting'> {
  switch (locality.kind) {
    case 'distribute': {
      for (const [from, to] of Object.entries(locality.distribute)) {
        const sum = Object.values(to).reduce((total, percent) => total + percent, 0);
        if (sum !== 100) throw new Error(`${where}: the requests of ${from} are distributed to ${sum} of a hundred; make it 100`);
      }
      return { localityLbSetting: { enabled: true, distribute: Object.entries(locality.distribute).map(([from, to]) => ({ from, to: { ...to } })) } };
    }
    case 'failover': return { localityLbSetting: { enabled: true, failover: regions(where, locality.failover) } };
    case 'priority': return { localityLbSetting: { enabled: true, failoverPriority: [...locality.labels] } };
    case 'zoneAware': {
      const { minClusterSize, failover, failoverPriority } = locality.zoneAware;
      return {
        zoneAwareLbSetting: {
          enabled: true,
          ...(minClusterSize === undefined ? {} : { minClusterSize }),
          ...(failover ? { failover: regions(where, failover) } : {}),
          ...(failoverPriority ? { failoverPriority: [...failoverPriority] } : {}),
        },
      };
    }
    case 'off': return { localityLbSetting: { enabled: false } };
  }
}

function regions(where: string, failover: Readonly<Record<string, string>>): { from: string; to: string }[] {
  return Object.entries(failover).map(([from, to]) => {
    if (from === to) throw new Error(`${where}: ${from} cannot take over from itself`);
    const wrong = [from, to].find(region => region === '' || /[/*]/.test(region));
    if (wrong !== undefined) throw new Error(`${where}: failover goes from region to region, got ${JSON.stringify(wrong)}`);
    return { from, to };
  });
}
