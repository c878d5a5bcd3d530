import { RE2JS } from 're2js';
import type { PathRewrite } from '../../mesh/index.ts';

/** A path after a rewrite; its query stays. */
export function rewritten(rewrite: PathRewrite, path: string): string {
  const at = path.indexOf('?');
  const [own, query] = at === -1 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  return `${rewrittenPath(rewrite, own)}${query}`;
}

function rewrittenPath(rewrite: PathRewrite, path: string): string {
  switch (rewrite.rewrite) {
    case 'whole': return rewrite.to;
    case 'prefix': return `${rewrite.to}${path.slice(rewrite.prefix.length)}`;
    case 'segments': {
      const rest = path.slice(rewrite.prefix.replace(/\/+$/, '').length);
      const joined = `${rewrite.to.replace(/\/+$/, '')}${rest === '' || rest.startsWith('/') ? rest : `/${rest}`}`;
      return joined === '' ? '/' : joined;
    }
    case 'regex': return RE2JS.compile(rewrite.pattern).matcher(path).replaceAll(rewrite.to.replaceAll('$', String.raw`\$`).replace(/\\(\d)/g, '$$$1'));
  }
}
