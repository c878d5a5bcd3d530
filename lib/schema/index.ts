export { parseUrl } from './cel-url.ts';
export { goDuration } from './go-duration.ts';
export { metadataViolations } from './metadata.ts';
export { nearest } from './nearest.ts';
export { shown, type Options, type Violation } from './report.ts';
export { keywords, type Rule, type Schema } from './schema.ts';
export { violations } from './violations.ts';
