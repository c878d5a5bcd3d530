export { check, recheck, type CheckOptions, type Report } from './check.ts';
export { resourceText, type Finding, type Resource } from './finding.ts';
export { codesOf, defineMeshRule, defineRule, defineRuleOfEvery, namesOf, type Category, type MeshRule, type MeshViolation, type ObjectRule, type Rule, type RuleText, type Severity, type Violation } from './rule.ts';
export { rules } from './rules/index.ts';
export { isOfAudit, securityChecklist, type ChecklistEntry } from './security-checklist.ts';
