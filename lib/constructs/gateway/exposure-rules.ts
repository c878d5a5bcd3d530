import type { Rule } from '../l1.ts';
import { policyPath } from '../security/access.ts';
import type { RuleProps } from '../security/declared-rule.ts';
import { withPorts } from '../security/operation.ts';
import { printedCallers } from '../security/printed-callers.ts';
import type { MeshIdentity } from '../security/policy-place.ts';
import type { GatewayExposure } from '../traffic/gateway-virtual-service.ts';

/** What the pods of a gateway let in for one service, from anyone or from some callers: a rule, and one more for each that claims tell apart. */
export function exposureRules(exposure: GatewayExposure, from: RuleProps['from'], mesh: MeshIdentity): Rule[] {
  const asked = exposureRule(exposure);
  return printedCallers(exposure.declaredBy, from, mesh).map(callers => {
    const when = [...callers.when ?? [], ...asked.when ?? []];
    return { ...callers, ...asked, ...(when.length === 0 ? {} : { when }) };
  });
}

function exposureRule({ hosts, paths, carries, gatewayPort }: GatewayExposure): Rule {
  if (carries === 'tcp') return { to: [{ operation: { ports: [String(gatewayPort)] } }] };
  if (carries === 'tls') return { when: [{ key: 'connection.sni', values: [...hosts] }] };
  return { to: [{ operation: { hosts: withPorts(hosts), ...(paths.length === 0 ? {} : { paths: paths.map(policyPath) }) } }] };
}
