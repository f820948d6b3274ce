// Checks the page's code with TypeScript, without a build: what it reads of the program's answers must be in docs/openapi.json.
//
//   node check.mjs PAGE OPENAPI        prints what does not fit; silence is success
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const [page, reference] = process.argv.slice(2);
const api = JSON.parse(fs.readFileSync(reference, 'utf8'));

/** A schema of the reference as a type. */
function typeOf(schema) {
  if (schema?.$ref) return schema.$ref.split('/').at(-1);
  if (schema?.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  if (schema?.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  return [schema?.type ?? []].flat().map(type => ({ integer: 'number', array: `Array<${typeOf(schema.items)}>`, object: objectOf(schema) }[type] ?? type)).join(' | ') || 'any';
}

function objectOf({ properties, required = [], additionalProperties: others }) {
  const members = Object.entries(properties ?? {}).map(([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)};`);
  if (!properties || (others && others !== true)) members.push(`[name: string]: ${others && others !== true ? typeOf(others) : 'any'};`);
  return `{ ${members.join(' ')} }`;
}

/** What a method answers for each path, the longest first: of two that fit it is the one that is meant. */
function answers(method) {
  const routes = Object.entries(api.paths).filter(([, route]) => route[method]).sort(([a], [b]) => b.length - a.length).map(([route, { [method]: operation }]) => {
    const schema = Object.values(operation.responses['200']?.content ?? {})[0]?.schema;
    // A route that answers as it is asked answers the page as a client of OpenAI's.
    return `P extends \`${route.replaceAll(/\{\w+\}/g, '${string}')}\` ? ${typeOf(schema?.anyOf?.[0] ?? schema)} :`;
  });
  return `type Of${method}<P extends string> = ${routes.join('\n  ')} any;`;
}

const methods = ['get', 'post', 'patch', 'delete'];
const types = `${Object.entries(api.components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`).join('\n')}
${methods.map(answers).join('\n')}
type Route<P extends string> = P extends \`\${infer R}?\${string}\` ? R : P;
/** What the program answers under an address. */
export type Answer<P extends string, M = 'get'> = ${methods.map(method => `M extends '${method}' ? Of${method}<Route<P>> :`).join(' ')} never;
`;

const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'page-types-'));
try {
  fs.cpSync(page, copy, { recursive: true, filter: source => path.basename(source) !== 'vendor' });
  fs.writeFileSync(path.join(copy, 'lib/answers.d.ts'), types);
  fs.rmSync(path.join(copy, 'lib/ui.js'));
  fs.copyFileSync(path.join(import.meta.dirname, 'ui.d.ts'), path.join(copy, 'lib/ui.d.ts'));
  fs.writeFileSync(path.join(copy, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { allowJs: true, checkJs: true, noEmit: true, strict: false, types: [], target: 'esnext', module: 'esnext', moduleResolution: 'bundler', lib: ['esnext', 'dom', 'dom.iterable', 'dom.asynciterable'] },
    include: ['**/*'],
  }));
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json').replace('package.json', 'bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '--pretty', 'false', '-p', copy], { encoding: 'utf8', cwd: copy });
  process.stdout.write(stdout + stderr);
  process.exitCode = status ?? 1;
} finally {
  fs.rmSync(copy, { recursive: true });
}
