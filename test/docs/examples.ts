import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A program of a page. */
export interface Example {
  readonly page: string;
  readonly number: number;
  readonly code: string;
}

const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => join('docs', name))]
  .filter(path => path.endsWith('.md') && !path.includes('reference/'));

export const examples: readonly Example[] = pages.flatMap(page =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code = ''], number) => ({ page, number, code })));
