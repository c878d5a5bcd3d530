import { resourceText, type Report } from '../../check/index.ts';

/** Findings as JUnit XML, a failed test for each that is an error or a warning. */
export function junitReport({ findings, summary }: Report): string {
  const failing = findings.filter(({ severity }) => severity !== 'info');
  const cases = findings.map(({ code, name, severity, message, resource, file, line, fix }) => {
    const label = `${code} ${name}${resource ? ` ${resourceText(resource)}` : ''}`;
    const place = file === undefined ? '' : `${file}:${line ?? 1}: `;
    const body = `${place}${message}. ${fix}`;
    return severity === 'info'
      ? `    <testcase classname="${escape(file ?? 'meshwright')}" name="${escape(label)}"><system-out>${escape(body)}</system-out></testcase>\n`
      : `    <testcase classname="${escape(file ?? 'meshwright')}" name="${escape(label)}"><failure type="${severity}" message="${escape(message)}">${escape(body)}</failure></testcase>\n`;
  });
  const passed = findings.length === 0 ? `    <testcase classname="meshwright" name="${summary.objects} objects checked"/>\n` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="meshwright check" tests="${Math.max(1, findings.length)}" failures="${failing.length}">
${cases.join('')}${passed}  </testsuite>
</testsuites>
`;
}

function escape(text: string): string {
  // XML 1.0 knows no control characters but tab and line ends.
  // eslint-disable-next-line no-control-regex -- these are the ones meant
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\uFFFD')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
