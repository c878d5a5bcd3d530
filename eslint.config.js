import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { pure, rooms } from './eslint.rooms.js';

const roomNames = [...Object.keys(rooms), 'panel', 'prove', 'diff'];

/** Refuses, inside one room, every import that the table does not list. */
function roomRules(name, { rooms: allowed, packages }) {
  const forbidden = roomNames.filter(other => other !== name && !allowed.includes(other));
  const patterns = [
    ...forbidden.map(other => ({
      regex: `^(\\.\\./)+${other}(/|$)`,
      message: `lib/${name} may not import lib/${other}: see eslint.rooms.js`,
    })),
    {
      regex: `^(?!\\.|node:${packages.map(p => `|${p.replace('*', '.*')}(/|$)`).join('')})`,
      message: `lib/${name} may not import this package: see eslint.rooms.js`,
    },
    ...(pure.includes(name)
      ? [{ regex: '^node:', message: `lib/${name} is pure: no Node modules, so that a browser can run it` }]
      : []),
    ...(allowed.includes('l1')
      ? []
      : [{ regex: '^(\\.\\./)+imports/(?!facts/)', message: `lib/${name} may not import the generated classes` }]),
  ];
  return {
    files: [`lib/${name}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'node_modules/', 'imports/**/*.ts', 'imports/facts/', '**/fixtures/**', 'coverage/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  ...Object.entries(rooms).map(([name, room]) => roomRules(name, room)),
  {
    // The generated classes have one door.
    files: ['lib/constructs/**/*.ts'],
    ignores: ['lib/constructs/l1.ts'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: 'ImportDeclaration[source.value=/imports\\//]',
        message: 'the generated classes have one door: lib/constructs/l1.ts',
      }],
    },
  },
);
