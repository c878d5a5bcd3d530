import yaml from 'js-yaml';
import { kubernetesScalars } from './scalars.ts';

/** Reads YAML that stands inside an object, such as a mesh config in a ConfigMap; undefined where it cannot be read. */
export function parseYaml(text: string): unknown {
  try {
    return yaml.load(text, { schema: kubernetesScalars });
  } catch {
    return undefined;
  }
}
