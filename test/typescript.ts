import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/**
 * Type-checks programs with the settings of this project, all at once, and gives the messages of each. They see
 * `meshwright` and its paths as users do.
 */
export function typeCheck(programs: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), path => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const virtual = new Map([...programs].map(([name, code]) => [join(root, 'test', 'virtual', `${name}.ts`), code]));
  const real = ts.createCompilerHost(options);
  host.fileExists = (path): boolean => virtual.has(path) || real.fileExists(path);
  host.readFile = (path): string | undefined => virtual.get(path) ?? real.readFile(path);
  host.getSourceFile = (path, version, ...rest): ts.SourceFile | undefined => {
    const code = virtual.get(path);
    return code === undefined ? real.getSourceFile(path, version, ...rest) : ts.createSourceFile(path, code, version, true);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  return new Map([...programs.keys()].map(name => {
    const file = program.getSourceFile(join(root, 'test', 'virtual', `${name}.ts`));
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return [name, found.map(diagnostic => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))];
  }));
}
