import type { Operation, Rule } from '../l1.ts';
import { testsOf } from '../values/caller.ts';
import type { DeclaredRule, RuleProps } from './declared-rule.ts';
import { printedOperation, seenPorts, type AccessOperation } from './operation.ts';
import { statusPort, type PolicyPlace } from './policy-place.ts';
import { printedCallers, printedCondition } from './printed-callers.ts';
import { byLayer, requestAspects } from './request-aspects.ts';

/**
 * Prints what a construct has declared: one rule, and more where claims tell callers apart, or where some of it asks of
 * requests and some does not, at a target that has ports without HTTP.
 *
 * @throws when a caller is told apart in two ways that one source cannot say, or a port is none of the target's
 */
export function printedRules(rule: DeclaredRule, place: PolicyPlace): Rule[] {
  const where = rule.declaredBy.node.path;
  const onlyHttp = place.ports?.every(({ carriesHttp }) => carriesHttp) ?? false;
  return (onlyHttp ? [rule] : byLayer(rule)).flatMap(part => {
    const to = printedTo(part, place);
    if (!to) return [];
    return printedCallers(where, part.from, place.mesh).map(callers => {
      const when = [...callers.when ?? [], ...(rule.when ?? []).map(printedCondition)];
      return {
        ...(callers.from ? { from: callers.from } : {}),
        ...(to.length === 0 ? {} : { to: to.map(operation => ({ operation })) }),
        ...(when.length === 0 ? {} : { when }),
      };
    });
  });
}

/** The ports at which requests can be asked about. */
export function portLimit(place: PolicyPlace): Pick<Operation, 'ports' | 'notPorts'> {
  // A gateway may stand behind ports of other numbers: there, as in a whole namespace, those that are known to carry something else are left out.
  return place.ports && place.otherPorts().length === 0 ? { ports: portTexts(httpPorts(place)) } : { notPorts: portTexts(place.otherPorts()) };
}

/** The operations of a rule; undefined where none of them could ever be asked for. */
function printedTo(rule: DeclaredRule, place: PolicyPlace): readonly Operation[] | undefined {
  const { to, action } = rule;
  // istiod takes the address of the client for something of HTTP, and warns of a refusal that asks for nothing else.
  if (action === 'DENY' && !to && asksForClientsAlone(rule)) return [{ notPorts: [String(statusPort)] }];
  const looks = requestAspects(rule).length > 0;
  const limited = looks && (action !== 'ALLOW' || place.ports?.some(({ carriesHttp }) => !carriesHttp) === true);
  // At a port that carries no HTTP, Istio would ask the rest of the rule alone: it would take more than it says.
  if (!to) return limited && action !== 'ALLOW' ? [portLimit(place)] : [];
  const printed = to.map(operation => {
    const ports = limited ? limitedPorts(rule, operation, place) : askedPorts(rule, operation, place);
    return ports.ports?.length === 0 ? undefined : { ...printedOperation(operation), ...ports };
  }).filter(operation => operation !== undefined);
  return printed.length === 0 ? undefined : printed;
}

function askedPorts({ declaredBy }: DeclaredRule, { ports, notPorts }: AccessOperation, place: PolicyPlace): Pick<Operation, 'ports' | 'notPorts'> {
  const where = declaredBy.node.path;
  return {
    ...(ports ? { ports: portTexts(seenPorts(where, ports, place.ports)) } : {}),
    ...(notPorts ? { notPorts: portTexts(seenPorts(where, notPorts, place.ports)) } : {}),
  };
}

/** Of the ports that an operation asks for, those at which requests can be asked about. */
function limitedPorts(rule: DeclaredRule, operation: AccessOperation, place: PolicyPlace): Pick<Operation, 'ports' | 'notPorts'> {
  const asked = askedPorts(rule, operation, place);
  const limit = portLimit(place);
  if (asked.ports) return { ...asked, ports: asked.ports.filter(port => limit.ports?.includes(port) ?? !limit.notPorts?.includes(port)) };
  if (limit.ports) return { ports: limit.ports.filter(port => asked.notPorts?.includes(port) !== true) };
  return { notPorts: [...new Set([...asked.notPorts ?? [], ...limit.notPorts ?? []])] };
}

function asksForClientsAlone({ from }: RuleProps): boolean {
  return from !== 'anyone' && from.flatMap(testsOf).every(({ on }) => on === 'remoteIp');
}

function httpPorts({ ports = [] }: PolicyPlace): readonly number[] {
  return ports.filter(({ carriesHttp }) => carriesHttp).map(({ seen }) => seen);
}

function portTexts(ports: readonly number[]): readonly string[] {
  return [...new Set(ports)].map(String);
}
