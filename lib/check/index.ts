export { check, type CheckOptions, type Report } from './check.ts';
export { resourceText, type Finding, type Resource } from './finding.ts';
export { defineRule, type Category, type Rule, type Severity, type Violation } from './rule.ts';
export { rules } from './rules/index.ts';
