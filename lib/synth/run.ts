// `npm run synth`: runs an app, and says what is wrong with it in one sentence instead of a stack.
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const app = resolve(process.argv[2] ?? 'main.ts');
try {
  await import(pathToFileURL(app).href);
} catch (error) {
  console.error(error instanceof Error ? `${error.message}${placeIn(app, error)}` : String(error));
  process.exitCode = 1;
}

/** The line of the app at which an error arose: `main.ts:41`. */
function placeIn(file: string, error: Error): string {
  const line = error.stack?.split('\n').find(frame => frame.includes(`${file}:`));
  const position = line === undefined ? undefined : /:(\d+):\d+\)?$/.exec(line)?.[1];
  return position === undefined ? '' : `\n  at ${relative(process.cwd(), file)}:${position}`;
}
