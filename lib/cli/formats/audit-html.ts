import { createHash } from 'node:crypto';
import { cellWords, tasksOf, witnessWords, type Audit, type PlainCell, type PlainMatrix, type PlainService } from '../../audit/index.ts';
import { resourceText, rules, type Finding } from '../../check/index.ts';
import { isConnection } from './audit-text.ts';
import { visible } from './excerpt.ts';

/** An audit as one page that needs nothing else: no script, no font, no address is loaded. */
export function auditHtml({ report, heldBack, matrix }: Audit, { whole }: { readonly whole: boolean }): string {
  const tasks = tasksOf(report);
  const { error, warning, info, objects } = report.summary;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Security audit of a mesh</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Security audit</h1>
<p>${objects} objects${whole ? '' : ', not all that was asked for'}: ${error} to mend at once, ${warning} to mend, ${info} to think about${heldBack.length === 0 ? '' : `, ${heldBack.length} suppressed`}.</p>
<nav aria-label="Parts of this page"><a href="#first">What to put right</a> <a href="#calls">Who may call what</a>${heldBack.length === 0 ? '' : ' <a href="#suppressed">Suppressed</a>'}</nav>
</header>
<main>
<section aria-labelledby="first">
<h2 id="first">What to put right, in this order</h2>
${tasks.length === 0 ? '<p>Nothing was found.</p>' : `<ol>\n${tasks.map(task => {
    const rule = rules.find(({ name }) => name === task.name);
    return `<li><h3><span class="${task.severity}">${task.severity}</span> ${escape(rule?.title ?? task.findings[0]?.message ?? '')} <code>${escape(task.code)}</code></h3>
${rule ? `<p>${escape(rule.why)}</p>\n` : ''}<p><strong>Fix.</strong> ${escape(task.fix)}</p>
<ul>\n${task.findings.map(finding).join('')}</ul></li>`;
  }).join('\n')}\n</ol>`}
</section>
<section aria-labelledby="calls">
<h2 id="calls">Who may call what</h2>
${matrixHtml(matrix)}
</section>
${heldBack.length === 0 ? '' : `<section aria-labelledby="suppressed">
<h2 id="suppressed">Suppressed</h2>
<ul>
${heldBack.map(({ finding: { code, resource, message }, by }) => `<li><code>${escape(code)}</code> ${resource ? escape(resourceText(resource)) : ''}: ${escape(message)}. <strong>Reason.</strong> ${escape(by.reason)}</li>\n`).join('')}</ul>
</section>
`}</main>
</body>
</html>
`;
}

function finding({ resource, path, message, file, line, construct, source }: Finding): string {
  const where = file === undefined ? '' : `<span class="where">${escape(file)}:${line ?? 1}${construct === undefined ? '' : `, made by ${escape(construct)}${source === undefined ? '' : ` at ${escape(source)}`}`}</span>`;
  return `<li>${resource ? `<strong>${escape(resourceText(resource))}</strong> ` : ''}${path === '' ? '' : `<code>${escape(path)}</code> `}${escape(message)} ${where}</li>\n`;
}

function matrixHtml({ services, clients, leftOut }: PlainMatrix): string {
  if (services.length === 0) return '<p>No service is among the objects.</p>';
  const left = leftOut === 0 ? '' : `<p><strong>${leftOut} ports of services are left out</strong>, since the matrix would be too large; raise --max-cells, or name namespaces with --namespace.</p>\n`;
  return `<p>${clients} clients are told apart. Clients that are treated alike stand together; each row shows a request of the first of them that passes, and one that is refused, both replayed through <code>simulate</code>.</p>
${left}<div class="wide" role="region" aria-label="Who may call what" tabindex="0"><table>
<caption>Clients by service and port</caption>
<thead><tr><th scope="col">Service and port</th><th scope="col">Client</th><th scope="col">May ask</th><th scope="col">May not ask</th><th scope="col">Connection</th></tr></thead>
${services.map(serviceHtml).join('\n')}
</table></div>`;
}

function serviceHtml({ service, port, protocol, cells }: PlainService): string {
  const several = new Set(cells.map(({ workloads }) => workloads.join())).size > 1;
  const head = `<th scope="rowgroup" rowspan="${cells.length}">${escape(service)}<br>port ${port} (${escape(protocol)})</th>`;
  return `<tbody>\n${cells.map((cell, i) => `<tr>${i === 0 ? head : ''}${row(cell, isConnection(protocol), several)}</tr>\n`).join('')}</tbody>`;
}

function row(cell: PlainCell, connection: boolean, several: boolean): string {
  const { what, not, who, how } = cellWords(cell, connection);
  const witness = (label: string, given: PlainCell['allowed']): string => (given ? `<details><summary>${label}</summary><code>${escape(witnessWords(given))}</code></details>` : '');
  const lines = (list: readonly string[]): string => list.map(escape).join('<br>');
  return `<th scope="row">${escape(who)}${several ? `<br>to ${escape(cell.workloads.join(', '))}` : ''}</th><td class="${cell.verdict}">${lines(what)}${witness('a request that passes', cell.allowed)}</td><td>${lines(not)}${witness('a request that is refused', cell.refused)}</td><td>${escape(how)}</td>`;
}

/** Whatever a mesh holds is text on the page, and nothing else. */
function escape(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #c8ccd1; --soft: #f3f5f7; --faint: #57606a; --error: #a40e26; --warning: #7d4e00; --info: #0a5394; --ok: #116329; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #15181c; --line: #454c55; --soft: #20252b; --faint: #a3abb5; --error: #ff8a8f; --warning: #f0b757; --info: #86bdff; --ok: #6fd08c; } }
body { margin: 0 auto; max-width: 80rem; padding: 1rem 1.5rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; margin: 1rem 0 0; }
p, ul { margin: .3rem 0; } a { color: var(--info); } nav a { margin-right: 1rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; } .where { color: var(--faint); overflow-wrap: anywhere; }
.error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); } h3 span { text-transform: uppercase; font-size: .8rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--faint); }
th, td { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; } th { font-weight: 600; } thead th { background: var(--soft); }
td.all { color: var(--warning); } td.some { color: var(--ok); } td.none { color: var(--faint); } details { color: var(--faint); } summary { cursor: pointer; }
@media print { .wide { overflow: visible; } details > * { display: block; } }
`;
