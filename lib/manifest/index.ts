export { identityOf, keyOf, nameOf, type Identity } from './identity.ts';
export {
  manifestOf, type KubernetesObject, type Limits, type Maker, type Manifest, type Origin, type Problem, type Reading, type SourceText,
} from './manifest.ts';
export { parseYaml } from './parse-yaml.ts';
export { positionOf, type Position } from './position.ts';
export { parseDocuments, readManifests } from './read.ts';
export { boolean, field, fields, list, mapping, number, text, textMap, texts, type Fields } from './untrusted.ts';
