// Which room may import which (the table of docs/architecture.md). ESLint reads it, and test/house/rooms.test.ts
// walks the whole import graph with it.

/** Rooms whose functions take values and give values: no Node module, no effect, so that a browser can run them. */
export const pure = ['schema', 'manifest', 'mesh', 'check', 'simulate', 'audit', 'prove', 'diff'];

/**
 * For each room of lib/, the rooms and packages it may import.
 * `facts` is imports/facts (plain data), `l1` is the generated classes of imports/.
 */
export const rooms = {
  schema: { rooms: [], packages: ['re2js', '@marcbachmann/cel-js'] },
  manifest: { rooms: [], packages: ['js-yaml', 'yaml'] },
  files: { rooms: [], packages: ['tinyglobby'] },
  mesh: { rooms: ['manifest'], packages: ['re2js', '@marcbachmann/cel-js'] },
  check: { rooms: ['manifest', 'mesh', 'schema', 'facts'], packages: ['re2js', '@marcbachmann/cel-js'] },
  simulate: { rooms: ['mesh', 'schema'], packages: ['re2js'] },
  audit: { rooms: ['check', 'mesh', 'simulate'], packages: [] },
  constructs: { rooms: ['l1', 'facts', 'runtime', 'schema'], packages: ['cdk8s', 'cdk8s-plus-28', 'constructs', 're2js', '@prometheus-io/lezer-promql', '@lezer/common'] },
  synth: { rooms: ['constructs', 'files', 'manifest', 'mesh', 'check'], packages: ['cdk8s', 'constructs'] },
  plugin: { rooms: ['files', 'manifest', 'mesh', 'check'], packages: [] },
  keys: { rooms: ['files'], packages: [] },
  runtime: { rooms: ['keys'], packages: ['@opentelemetry/*', 'prom-client', 'pino', 'jsonwebtoken', 'jose', 'pprof-format'] },
  testing: { rooms: ['mesh', 'check', 'simulate', 'keys'], packages: ['cdk8s'] },
  cli: { rooms: ['files', 'manifest', 'mesh', 'schema', 'check', 'simulate', 'audit', 'keys', 'runtime', 'facts'], packages: ['commander', 'picocolors'] },
  generate: { rooms: ['schema', 'files', 'manifest', 'check', 'facts'], packages: ['js-yaml', 'typescript'] },
};
