// `npm run synth`: runs an app, and says what is wrong with it in one sentence instead of a stack.
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appsNotSynthesized } from './mesh-app.ts';

const app = resolve(process.argv[2] ?? 'main.ts');
// Constructs stand deep in each other, and the line of the app is the last of the stack.
Error.stackTraceLimit = 100;
// What is thrown in a callback or a forgotten promise must stop the app too, before it writes.
process.on('uncaughtException', fail);
process.on('exit', code => {
  if (code !== 0 || appsNotSynthesized() === 0) return;
  console.error(`${relative(process.cwd(), app)}: a MeshApp was made and never synthesized, so nothing was written; end with app.synth()`);
  process.exitCode = 1;
});
await import(pathToFileURL(app).href).catch(fail);

function fail(error: unknown): never {
  console.error(error instanceof Error ? `${error.message}${placeIn(app, error)}` : String(error));
  process.exit(1);
}

/** The line of the app at which an error arose: `main.ts:41`. */
function placeIn(file: string, error: Error): string {
  const line = error.stack?.split('\n').find(frame => frame.includes(`${file}:`));
  const position = line === undefined ? undefined : /:(\d+):\d+\)?$/.exec(line)?.[1];
  return position === undefined ? '' : `\n  at ${relative(process.cwd(), file)}:${position}`;
}
