import yaml from 'js-yaml';
import { kubernetesScalars } from './scalars.ts';
import { sizeOf } from './size.ts';

/** Reads YAML that stands inside an object, such as a mesh config in a ConfigMap; undefined where it cannot be read, or is a trap. */
export function parseYaml(text: string): unknown {
  try {
    const value = yaml.load(text, { schema: kubernetesScalars });
    const size = text.includes('&') ? sizeOf(value, most) : 0;
    return size === 'cyclic' || size > most ? undefined : value;
  } catch {
    return undefined;
  }
}

const most = 100_000;
