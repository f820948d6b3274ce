// Asks a proxy for its API reference and checks it against the OpenAPI specification: node openapi.mjs URL
// Prints the version of the specification and how many paths there are, or what is wrong.
import { Validator } from '@seriousme/openapi-schema-validator';

const document = await (await fetch(new URL('/openapi.json', process.argv[2]))).json();
const validator = new Validator();
const { valid, errors } = await validator.validate(document);
if (!valid) {
  console.error(JSON.stringify(errors, null, 2));
  process.exit(1);
}

// The specification wants every reference to lead somewhere; the validator only looks at their form.
validator.resolveRefs();
console.log(JSON.stringify({ version: validator.version, paths: Object.keys(document.paths).length }));
